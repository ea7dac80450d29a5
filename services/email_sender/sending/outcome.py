"""Outcomes of a message in flight."""

from enum import Enum, auto


class Outcome(Enum):
    """Outcome of a message, whether its mail was tried or must not be."""

    SENT = auto()
    UNAVAILABLE = auto()
    """The provider takes no mail now: none of this one's doing."""
    THROTTLED = auto()
    """The provider takes mails more slowly than they are sent: none of this one's doing."""
    TRANSIENT = auto()
    """The provider does not take this mail for now."""
    PERMANENT = auto()
    UNCERTAIN = auto()
    """The provider may have taken the mail, and nobody can say."""
    RELEASED = auto()
    """Handed back untried: the task is stopping, or the provider takes no mail."""
    EXPIRED = auto()
    """The mail came too late to be of use to anybody, so it was not sent."""
    MALFORMED = auto()
    UNKNOWN_VERSION = auto()
    """The message has a schema version that only a newer sender knows, to whom it is left."""
    DUPLICATE = auto()
    """The mail has been dealt with, or another task is about to."""
    CONFLICTING = auto()
    """The notification's id belongs to another mail."""
