from datetime import UTC, datetime

from stage.commands.events import NewEvents
from stage.commands.running import Running
from stage.host.record import own_record

from .conftest import CLUSTER, access

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def put_alarm(aws):
    """An alarm that has not been evaluated."""
    aws.cloudwatch.put_metric_alarm(
        AlarmName="errors",
        Namespace="AWS/ApplicationELB",
        MetricName="HTTPCode_Target_5XX_Count",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )


def register(aws):
    """The service is scaled by itself between 2 and 6."""
    aws.autoscaling.register_scalable_target(
        ServiceNamespace="ecs",
        ResourceId=f"service/{CLUSTER}/api",
        ScalableDimension="ecs:service:DesiredCount",
        MinCapacity=2,
        MaxCapacity=6,
    )


def test_events_of_services_and_alarms_are_in_one_list(aws, up, reported, told):
    """Oldest first, at AWS time, as AWS words them."""
    reported.service_event(CLUSTER, "api", "(service api) has started 1 tasks: (task 1a2b).", NOON)
    put_alarm(aws)
    aws.cloudwatch.set_alarm_state(AlarmName="errors", StateValue="ALARM", StateReason="too many")

    events = told("events", lines=True)

    messages = [event["message"] for event in events]
    assert "(service api) has started 1 tasks: (task 1a2b)." in messages
    assert [one for one in messages if one.startswith("alarm errors: ") and "ALARM" in one]
    assert sorted(event["at"] for event in events) == [event["at"] for event in events]


def test_an_event_is_given_once(aws, up, reported):
    """Whoever follows sees what is new."""
    reported.service_event(CLUSTER, "api", "first", NOON)
    news = NewEvents(Running(own_record("default"), access()))
    first = [event.message for event in news.new()]
    nothing = news.new()
    reported.service_event(CLUSTER, "api", "second", NOON)
    # Words and times may be the same, the event is another.
    reported.service_event(CLUSTER, "api", "second", NOON)

    assert "first" in first
    assert [] == nothing
    assert ["second", "second"] == [event.message for event in news.new()]
