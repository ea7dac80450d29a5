from dataclasses import replace

import pytest

from tests.unit.verify import runs
from verify.record import Mark
from verify.verdict.schedule import ENDS, TAKES_EFFECT, minimum_ended, minimum_took_effect


def scheduled_run(*changes, cause="minimum capacity was set to 4"):
    """A minimum of four is scheduled from minute 5 to minute 12."""
    changes = changes or ((5.5, 4), (13.0, 2))
    run = runs.autoscaling_run()
    causes = [cause, "monitor alarm AlarmLow in state ALARM triggered policy cpu"]
    api = runs.service(
        runs.API,
        2,
        6,
        samples=runs.samples([(0, 2), *changes], 38),
        cpu=runs.datapoints([5.0] * 38),
        activities=tuple(
            replace(runs.activity(at, desired), cause=why)
            for (at, desired), why in zip(changes, causes, strict=False)
        ),
    )
    marks = (Mark(runs.real(5), TAKES_EFFECT), Mark(runs.real(12), ENDS))
    return replace(runs.with_timeline(run, api=api), marks=marks)


def outcomes(run):
    """Of both checks."""
    return minimum_took_effect(run).outcome, minimum_ended(run).outcome


def test_a_minimum_that_is_in_force_from_its_time_to_its_end_passes():
    """Two more tasks, and two less."""
    assert ("pass", "pass") == outcomes(scheduled_run())


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (((4.0, 4), (13.0, 2)), ("fail", "pass")),  # Before its time.
        (((8.0, 4), (13.0, 2)), ("fail", "pass")),  # Long after it.
        (((5.5, 4), (9.0, 2)), ("pass", "fail")),  # Scaled in below it.
        (((5.5, 4),), ("pass", "fail")),  # Never ended.
    ],
)
def test_a_minimum_at_another_time_fails(changes, expected):
    """Each of the two checks says what it is about."""
    assert expected == outcomes(scheduled_run(*changes))


def test_a_minimum_that_never_came_fails():
    """The fleet stands where it stood."""
    run = scheduled_run()
    api = replace(run.timeline.api, samples=runs.samples([(0, 2)], 38), activities=())

    assert "fail" == minimum_took_effect(runs.with_timeline(run, api=api)).outcome


def test_tasks_that_a_load_asked_for_are_no_scheduled_minimum():
    """Application Auto Scaling says why it scaled."""
    assert "fail" == minimum_took_effect(scheduled_run(cause="monitor alarm triggered policy cpu")).outcome


def test_a_run_without_a_schedule_fails():
    """It shows nothing."""
    assert ("fail", "fail") == outcomes(replace(scheduled_run(), marks=()))
