"""What can become of a message in hand."""

from enum import Enum, auto


class Outcome(Enum):
    """How it ended, be it that its mail was tried or that it must not be."""

    SENT = auto()
    THROTTLED = auto()
    TRANSIENT = auto()
    PERMANENT = auto()
    UNCERTAIN = auto()
    """The provider may have taken the mail, and nobody can say."""
    RELEASED = auto()
    """The task is stopping; another one shall try."""
    MALFORMED = auto()
    DUPLICATE = auto()
    """Its mail has been dealt with, or another task is about to."""
    CONFLICTING = auto()
    """Its id belongs to another mail."""
