"""Share of a task that one client may have in flight at once."""

MAX_NOTIFICATIONS = 250
"""Notifications that one client may have in flight: half of what may wait for a queue."""
MAX_BYTES = 16 * 1024 * 1024
"""Bytes of bodies that one client may have in flight: a quarter of what all clients together may have."""


class Share:
    """Requests, notifications and bytes that a client has in flight in this task.

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
        """Whether the client may have so much more in flight."""
        return self.notifications + notifications <= MAX_NOTIFICATIONS and self.size + size <= MAX_BYTES
