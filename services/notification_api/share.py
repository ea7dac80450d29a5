"""How much of a task one client may have under way at once."""

MAX_NOTIFICATIONS = 250
"""Half of what may wait for a queue."""
MAX_BYTES = 16 * 1024 * 1024
"""Of bodies; a quarter of what all clients together may have."""


class Share:
    """What a client has under way in this task, so that nobody keeps the others out.

    The rate at which they may ask says nothing of it: a body may be sent slowly, and the queue may take its
    time to confirm.

    Attributes:
        notifications: Requests, and beyond the first those of each batch.
        size: Bytes of their bodies.
    """

    __slots__ = ("notifications", "size")

    def __init__(self) -> None:
        self.notifications = 0
        self.size = 0

    def fits(self, *, notifications: int = 0, size: int = 0) -> bool:
        """Whether so much more may come."""
        return self.notifications + notifications <= MAX_NOTIFICATIONS and self.size + size <= MAX_BYTES
