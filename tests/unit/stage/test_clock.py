import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stage.clock import MINUTE, Clock, minute_of

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


def test_one_aws_minute_passes_in_minute_seconds():
    """Two real seconds after the epoch it is one AWS minute later."""
    clock = Clock(minute_seconds=2.0, epoch=EPOCH)

    assert 60.0 == (clock.at(EPOCH.timestamp() + 2.0) - EPOCH).total_seconds()


def test_a_minute_begins_at_its_first_second():
    """Every moment until the next minute belongs to it."""
    assert [EPOCH, EPOCH, EPOCH + MINUTE] == [
        minute_of(EPOCH + share * MINUTE) for share in (0.0, 0.999, 1.0)
    ]


def test_a_control_plane_duration_is_scaled():
    """A cooldown of 300 s takes ten real seconds at two seconds a minute."""
    assert pytest.approx(10.0) == Clock(minute_seconds=2.0).real_seconds(300)


def test_sixty_seconds_a_minute_is_real_time():
    """On staging the same code runs with a clock that changes nothing."""
    assert 300 == Clock(minute_seconds=60).real_seconds(300)


@pytest.mark.parametrize("minute_seconds", [0, -1])
def test_a_clock_that_stands_still_is_refused(minute_seconds):
    """Dividing by it would come later and further away."""
    with pytest.raises(ValueError, match="must be positive"):
        Clock(minute_seconds=minute_seconds)


@given(st.floats(0.01, 600), st.floats(0, 86400))
def test_a_paced_duration_ends_when_aws_time_says_so(minute_seconds, aws_seconds):
    """`paced` and `at` are two views of one scale."""
    clock = Clock(minute_seconds=minute_seconds, epoch=EPOCH)

    later = clock.at(EPOCH.timestamp() + clock.real_seconds(aws_seconds))

    assert pytest.approx(aws_seconds, abs=0.1, rel=1e-3) == (later - EPOCH).total_seconds()


def test_a_slowed_clock_goes_on_from_where_it_was(monkeypatch):
    """AWS time makes no step, and from then on a minute takes longer."""
    clock = Clock(minute_seconds=2.0, epoch=EPOCH)
    monkeypatch.setattr(time, "time", lambda: EPOCH.timestamp() + 10.0)
    before = clock.now()

    clock.slow_down(4.0)

    assert before == clock.now()
    assert 60.0 == (clock.at(EPOCH.timestamp() + 14.0) - before).total_seconds()
    assert pytest.approx(20.0) == clock.real_seconds(300)


def test_what_was_before_the_change_stays_where_it_was(monkeypatch):
    """A datapoint's minute does not move because the clock was slowed later."""
    clock = Clock(minute_seconds=2.0, epoch=EPOCH)
    earlier = clock.at(EPOCH.timestamp() + 6.0)
    monkeypatch.setattr(time, "time", lambda: EPOCH.timestamp() + 10.0)

    clock.slow_down(4.0)

    assert earlier == clock.at(EPOCH.timestamp() + 6.0)


def test_a_clock_is_never_hurried():
    """Cooldowns and alarms under way would end before their time."""
    with pytest.raises(ValueError, match="is faster"):
        Clock(minute_seconds=2.0).slow_down(1.0)


def test_an_aws_time_that_is_over_is_waited_for_no_longer(monkeypatch):
    """Until one to come it takes what the pace says."""
    clock = Clock(minute_seconds=2.0)
    monkeypatch.setattr(clock, "now", lambda: EPOCH)

    assert pytest.approx(6.0) == clock.real_seconds_until(EPOCH + 3 * MINUTE)
    assert 0.0 == clock.real_seconds_until(EPOCH - MINUTE)
