from datetime import UTC, datetime, timedelta

import pytest

from stage.clock import MINUTE, Clock
from stage.target_tracking.loop import TargetTracking
from stage.target_tracking.model import DIMENSION
from stage.target_tracking.scheduled_actions import ScheduledActions, UnsupportedScheduleError, times_of

from .conftest import NOW, RESOURCE, track

# A Monday.
NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def due(schedule, since, until, **more):
    """Times at which an action is due."""
    action = {"Schedule": schedule, "CreationTime": NOON - DAY, **more}
    return list(times_of(action, since, until))


@pytest.mark.parametrize(
    ("schedule", "minutes"),
    [
        ("at(2026-06-01T12:03:00)", [3]),
        ("at(2026-06-01T12:00:00)", []),
        ("rate(2 minutes)", [2, 4]),
        ("rate(1 hour)", []),
        ("cron(0/2 * * * ? *)", [2, 4]),
        ("cron(1,3-4 12 * * ? *)", [1, 3, 4]),
        ("cron(5 12 1 JUN ? 2026)", [5]),
        ("cron(5 12 ? * MON *)", [5]),
        ("cron(5 12 ? * 2-6 *)", [5]),
        ("cron(5 12 ? * SUN,TUE-SAT *)", []),
        ("cron(5 13 * * ? *)", []),
        ("cron(5 12 * * ? 2027/2)", []),
    ],
)
def test_an_action_is_due_at_the_times_of_its_schedule(schedule, minutes):
    """In the five minutes after noon, of a day on which nothing else happened."""
    assert [NOON + MINUTE * number for number in minutes] == due(schedule, NOON, NOON + 5 * MINUTE)


def test_a_schedule_goes_by_its_time_zone():
    """Noon in Berlin is ten o'clock in summer, by UTC."""
    berlin = {"Timezone": "Europe/Berlin"}
    ten = NOON - timedelta(hours=2)

    assert [ten] == due("cron(0 12 * * ? *)", ten - MINUTE, NOON, **berlin)
    assert [ten] == due("at(2026-06-01T12:00:00)", ten - MINUTE, NOON, **berlin)


def test_an_action_is_due_between_its_start_and_its_end():
    """Both may be left out."""
    bounds = {"StartTime": NOON + 2 * MINUTE, "EndTime": NOON + 3 * MINUTE}

    assert [NOON + 2 * MINUTE, NOON + 3 * MINUTE] == due(
        "cron(* * * * ? *)", NOON, NOON + 5 * MINUTE, **bounds
    )


@pytest.mark.parametrize(
    "schedule",
    ["every day", "cron(0 7 * *)", "cron(0 7 L * ? *)", "cron(0 7 ? * MON#2 *)", "cron(x 7 * * ? *)"],
)
def test_a_schedule_that_the_stage_does_not_read_is_an_error(schedule):
    """It would be passed over in silence, and a morning with it."""
    with pytest.raises(UnsupportedScheduleError):
        due(schedule, NOON, NOON + MINUTE)


def schedule(aws, name, expression, **bounds):
    """Put an action."""
    aws.autoscaling.put_scheduled_action(
        ServiceNamespace="ecs",
        ResourceId=RESOURCE,
        ScalableDimension=DIMENSION,
        ScheduledActionName=name,
        Schedule=expression,
        ScalableTargetAction=bounds,
    )


def bounds(aws):
    """Registered minimum and maximum."""
    (target,) = aws.autoscaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
    return target["MinCapacity"], target["MaxCapacity"]


def test_an_action_registers_its_bounds_once_and_another_ends_them(aws):
    """What somebody registers in between stays until the next time."""
    track(aws)
    before = bounds(aws)
    schedule(aws, "day", f"at({NOW + MINUTE:%Y-%m-%dT%H:%M:%S})", MinCapacity=3, MaxCapacity=6)
    schedule(aws, "night", f"at({NOW + 3 * MINUTE:%Y-%m-%dT%H:%M:%S})", MinCapacity=1)
    actions = ScheduledActions(aws, NOW)
    seen = []

    for minutes in range(5):
        actions.perform(NOW + minutes * MINUTE)
        seen.append(bounds(aws))

    assert [before, (3, 6), (3, 6), (1, 6), (1, 6)] == seen


def test_an_unread_schedule_keeps_no_other_from_its_time(aws, caplog):
    """It is named once."""
    track(aws)
    schedule(aws, "last", "cron(0 7 L * ? *)", MinCapacity=9)
    schedule(aws, "day", "cron(* * * * ? *)", MinCapacity=3)
    actions = ScheduledActions(aws, NOW)

    for minutes in range(1, 3):
        actions.perform(NOW + minutes * MINUTE)

    assert 3 == bounds(aws)[0]
    assert 1 == caplog.text.count("scheduled action last is not carried out")


def test_target_tracking_carries_them_out(aws, reporter):
    """The new minimum is in force with the evaluation of its minute."""
    track(aws)
    clock = Clock(2.0, NOW)
    tracking = TargetTracking(aws, reporter, clock)
    tracking.evaluate(NOW)
    schedule(aws, "day", f"at({NOW + MINUTE:%Y-%m-%dT%H:%M:%S})", MinCapacity=3)

    tracking.evaluate(NOW + 2 * MINUTE)

    assert 3 == aws.ecs.updates[-1][-1]
