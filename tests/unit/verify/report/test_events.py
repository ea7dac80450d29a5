from dataclasses import replace

import pytest

from tests.unit.verify import runs
from tests.unit.verify.report import eventful
from tests.unit.verify.report.sessions import calm_run
from verify.report.events import events, lanes
from verify.timeline import AlarmChange


def named(record):
    """Lanes by name, each with its bars in AWS minutes."""
    minute = record.timeline.time.minute_seconds
    return {
        lane.name: [(round(bar.start / minute, 1), round(bar.end / minute, 1)) for bar in lane.bars]
        for lane in lanes(record)
    }


def with_alarms(*changes, **more):
    """A good run in which an alarm called `notifications-queue-age` changed its state at these minutes."""
    changed = tuple(
        AlarmChange(runs.moment(minute), "notifications-queue-age", state) for minute, state in changes
    )
    return replace(runs.with_timeline(calm_run(), alarms=changed), **more)


def test_everything_that_lasted_has_a_lane():
    """From when it began until it ended, or to the end if it never did."""
    assert {
        "load": [(0.0, 5.0), (5.0, 45.0), (45.0, 58.0), (58.0, 60.0)],
        "SIGKILL: email-sender": [(12.0, 14.0)],
        "SIGSTOP: notification-api": [(18.0, 22.5)],
        "ecs.stop_task: notification-api": [(50.0, 60.0)],
        "smtp: latency": [(24.0, 27.0)],
        "smtp: timeout": [(30.0, 40.0)],
        "sqs: error": [(52.0, 60.0)],
        "alarm: notifications-stage-queue-age": [(33.0, 46.0), (57.0, 60.0)],
        "alarm: notifications-stage-mail-outage": [(34.0, 42.0)],
        "alarm: dead-letters, which was to go off and was silent": [],
    } == named(eventful.run())


@pytest.mark.parametrize(
    ("changes", "bars"),
    [
        ([(3, "ALARM"), (6, "OK")], [(3.0, 6.0)]),
        ([(3, "ALARM"), (6, "INSUFFICIENT_DATA")], [(3.0, 6.0)]),
        ([(3, "ALARM")], [(3.0, 38.0)]),
        ([(1, "OK"), (3, "ALARM"), (4, "OK"), (7, "ALARM"), (8, "OK")], [(3.0, 4.0), (7.0, 8.0)]),
    ],
)
def test_an_alarm_is_a_bar_for_as_long_as_it_is_in_alarm(changes, bars):
    """Whatever it becomes afterwards."""
    assert bars == named(with_alarms(*changes))["alarm: notifications-queue-age"]


def test_an_alarm_that_never_went_off_has_no_lane():
    """Forty that are silent would hide the one that is not."""
    assert ["load"] == list(named(with_alarms((1, "INSUFFICIENT_DATA"), (2, "OK"))))


def test_an_alarm_that_should_have_gone_off_is_missed():
    """By the name that the scenario gives it, without the system's prefix; one that did is not told twice."""
    record = with_alarms((3, "ALARM"), wanted_alarms=("queue-age", "mail-outage"))

    assert [
        "load",
        "alarm: notifications-queue-age",
        "alarm: mail-outage, which was to go off and was silent",
    ] == list(named(record))


def test_events_are_told_in_order_and_in_words():
    """Load, faults, disturbances, alarms and scaling, as they followed each other."""
    told = [(round(event.at / 2, 1), event.kind, event.text) for event in events(eventful.run())]

    assert told == sorted(told, key=lambda event: event[0])
    assert (0.0, "load", "20 requests/s") == told[0]
    for expected in [
        (8.1, "scaling", "notification-api: desired count set to 3"),
        (12.0, "fault", "SIGKILL of a task of email-sender (0f1e2d3c), replaced after 4.0 s"),
        (24.0, "disturbance", "smtp: latency (latency 500, jitter 100) began"),
        (27.0, "disturbance", "smtp: latency ended"),
        (33.0, "alarm", "notifications-stage-queue-age: ALARM (3 datapoints were greater than 60)"),
        (42.0, "alarm", "notifications-stage-mail-outage: OK"),
        (50.0, "fault", "ecs.stop_task of a task of notification-api (0f1e2d3c), never replaced"),
    ]:
        assert expected in told


def test_what_an_alarm_was_before_its_first_datapoint_is_no_event():
    """Each of them begins with INSUFFICIENT_DATA, then OK."""
    assert [] == [event for event in events(eventful.run()) if "notifications-stage-cpu" in event.text]
