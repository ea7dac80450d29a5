import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify.pace import Pace


def test_turns_come_once_a_period():
    """An answer after 0.2 s leaves 0.8 s to wait."""
    pace = Pace(1.0, start=100.0)

    assert [pytest.approx(0.8), pytest.approx(0.5)] == [pace.wait(100.2), pace.wait(101.5)]


def test_a_late_answer_costs_its_turns():
    """An answer after 2.5 s leaves the turns at 1 s and 2 s unused; the next is at 3 s."""
    pace = Pace(1.0, start=0.0)

    assert pytest.approx(0.5) == pace.wait(2.5)
    assert 2 == pace.missed


def test_punctual_turns_are_not_missed():
    """Nothing is counted while answers come in time."""
    pace = Pace(0.5, start=0.0)
    now = 0.0

    for _ in range(100):
        now += pace.wait(now)

    assert (0, pytest.approx(50.0)) == (pace.missed, now)


@given(st.lists(st.floats(0.0, 5.0), min_size=1, max_size=50))
def test_every_period_is_used_or_counted(answers):
    """Turns used and turns missed add up to the time that has passed."""
    pace, now = Pace(1.0, start=0.0), 0.0

    for seconds in answers:
        now += seconds
        now += pace.wait(now)

    assert pytest.approx(len(answers) + pace.missed, abs=1e-6) == now
