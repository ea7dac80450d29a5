"""What can become of a message in hand."""

from enum import Enum, auto


class Outcome(Enum):
    """How an attempt to send ended."""

    SENT = auto()
    THROTTLED = auto()
    TRANSIENT = auto()
    PERMANENT = auto()
    MALFORMED = auto()
    RELEASED = auto()
    """The task is stopping; another one shall try."""
