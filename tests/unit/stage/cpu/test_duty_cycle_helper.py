import pytest
from hypothesis import given
from hypothesis import strategies as st

from stage.cpu.duty_cycle_helper import WINDOW_SECONDS, Allowance


def test_grants_a_window_worth():
    """A quarter of a core may use 25 ms before it has to stop."""
    assert pytest.approx(0.025) == Allowance(0.25, now=0.0).left


def test_what_is_not_used_is_lost():
    """There are no bursts: an idle window adds nothing to the next."""
    allowance = Allowance(0.25, now=0.0)

    allowance.refill(WINDOW_SECONDS)

    assert pytest.approx(0.025) == allowance.left


def test_what_was_used_too_much_is_paid_back():
    """A task that overran by a window's worth stands still for a window."""
    allowance = Allowance(0.05, now=0.0)
    allowance.charge(0.010)

    allowance.refill(WINDOW_SECONDS)
    assert pytest.approx(0.0) == allowance.left

    allowance.refill(2 * WINDOW_SECONDS)
    assert pytest.approx(0.005) == allowance.left


def test_debt_is_bounded():
    """A task that nobody could stop for long stands still for a second at most."""
    allowance = Allowance(0.05, now=0.0)
    allowance.charge(30.0)

    allowance.refill(1.0)

    assert pytest.approx(0.0) == allowance.left


@given(
    cores=st.floats(0.02, 1.0),
    overruns=st.lists(st.floats(0.0, 0.01), min_size=20, max_size=20),
)
def test_the_mean_is_the_quota_however_coarsely_it_is_stopped(cores, overruns):
    """A saturating task gets its quota over 200 windows although each stop comes up to 10 ms late."""
    allowance = Allowance(cores, now=0.0)
    used = 0.0
    # Again and again, because making them up takes longer than the test.
    overruns = overruns * 10
    for window, overrun in enumerate(overruns, start=1):
        if allowance.left > 0:
            spent = allowance.left + overrun
            allowance.charge(spent)
            used += spent
        allowance.refill(window * WINDOW_SECONDS)

    # A single overrun is all that can still be owed.
    assert pytest.approx(cores * len(overruns) * WINDOW_SECONDS, abs=0.011) == used
