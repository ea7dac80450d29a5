import signal
import threading

import pytest

from tests.apply.budget import OverBudgetError, within


@pytest.fixture
def outer():
    """A timer with an hour left, and its handler; the test's own is put back afterwards."""

    def handler(_number, _frame):
        pytest.fail("nobody has an hour")

    before = signal.signal(signal.SIGALRM, handler)
    left, _ = signal.setitimer(signal.ITIMER_REAL, 3600)
    yield handler
    signal.setitimer(signal.ITIMER_REAL, left)
    signal.signal(signal.SIGALRM, before)


def test_what_is_done_in_time_leaves_the_timer_before_it_running(outer):
    """The limit of the test goes on counting, and its handler is back."""
    with within(60, "apply"):
        inside, _ = signal.getitimer(signal.ITIMER_REAL)
    left, _ = signal.getitimer(signal.ITIMER_REAL)

    assert 0 < inside <= 60
    assert (outer, True) == (signal.getsignal(signal.SIGALRM), 60 < left <= 3600)


def test_where_no_timer_ran_none_is_left_behind(outer):
    """The next phase has its own budget."""
    signal.setitimer(signal.ITIMER_REAL, 0)

    with within(60, "apply"):
        pass

    assert (0.0, 0.0) == signal.getitimer(signal.ITIMER_REAL)


def test_what_takes_too_long_is_ended_and_named(outer):
    """The message is the phase and its budget; the timer before it goes on."""
    with pytest.raises(OverBudgetError, match=r"apply took more than its 0\.05 s"), within(0.05, "apply"):
        threading.Event().wait()

    assert signal.getitimer(signal.ITIMER_REAL)[0] > 60
