"""Errors that end a command, in one line that says what is wrong and what to do about it."""

from common.errors import SetupError
from ops.exit_status import ExitStatus


class OpsError(SetupError):
    """An error after which nothing can be told.

    Attributes:
        status: How the command ends.
    """

    status = ExitStatus.UNKNOWN


class UsageError(OpsError):
    """A command line that makes no sense: an environment that there is none of, a file that is missing."""

    status = ExitStatus.USAGE
