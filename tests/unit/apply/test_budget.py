import signal

from tests.apply.budget import within


def test_what_is_done_in_time_leaves_no_alarm_behind():
    """The next phase has its own budget, and others their own handler."""
    before = signal.getsignal(signal.SIGALRM)

    with within(60, "apply"):
        pass

    assert (before, 0) == (signal.getsignal(signal.SIGALRM), signal.alarm(0))
