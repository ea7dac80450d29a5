import signal
import subprocess

import pytest

from tests.apply.budget import OverBudgetError, within


def test_what_takes_too_long_is_ended_and_named():
    """Also while it waits for a child, which is what phases do."""
    with pytest.raises(OverBudgetError, match="apply took more than its 1 s"), within(1, "apply"):
        subprocess.run(["sleep", "30"], check=True)  # noqa: S607 - any program that waits


def test_what_is_done_in_time_leaves_no_alarm_behind():
    """The next phase has its own budget, and others their own handler."""
    before = signal.getsignal(signal.SIGALRM)

    with within(60, "apply"):
        pass

    assert (before, 0) == (signal.getsignal(signal.SIGALRM), signal.alarm(0))
