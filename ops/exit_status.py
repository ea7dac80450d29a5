"""How commands end, for whoever goes on from there."""

from enum import IntEnum


class ExitStatus(IntEnum):
    """Exit statuses of `python -m ops`, the same in every command."""

    DONE = 0
    """Done as asked: nothing found, the release is out, the candidate is as good as the stable version."""
    UNKNOWN = 1
    """It could not be told, and is no clean answer: AWS, Terraform, the state or GitHub failed."""
    FOUND = 2
    """Something was found: drift, a dangerous change, a candidate that is worse."""
    NOT_ENOUGH = 3
    """There were too few requests or mails to tell the candidate from the stable version."""
    ROLLED_BACK_BAKE = 4
    """The release was rolled back, since the candidate is worse than the stable version."""
    ROLLED_BACK_ALARM = 5
    """The release was rolled back, since an alarm went off."""
    ROLLED_BACK_STEP = 6
    """The release was rolled back, since a step failed: tasks that do not start, an apply with an error."""
    REFUSED = 7
    """The release was not begun: what it needs is not there, and nothing was changed."""
    HALF_WAY = 8
    """The release stopped where it stands: rolling back failed, too, or somebody interrupted it."""
    USAGE = 64
    """The command line is wrong (EX_USAGE of sysexits.h)."""
