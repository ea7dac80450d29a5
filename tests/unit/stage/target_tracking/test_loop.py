import threading
from datetime import timedelta

import pytest

from stage.alarms.loop import AlarmEvaluation
from stage.clock import Clock, minute_of
from stage.metrics.lag import AT_ONCE
from stage.target_tracking.loop import TargetTracking
from tests.waiting import eventually

from .conftest import (
    NOW,
    RESOURCE,
    add_service,
    desired,
    of_service,
    put,
    put_backlog,
    put_cpu,
    track,
    track_backlog,
)


def alarm_states(aws):
    """State of the policy's two alarms, high first."""
    alarms = aws.cloudwatch.describe_alarms()["MetricAlarms"]
    by_kind = {("High" if "AlarmHigh" in a["AlarmName"] else "Low"): a["StateValue"] for a in alarms}
    return by_kind["High"], by_kind["Low"]


def test_three_high_datapoints_raise_the_desired_count(aws, tracking):
    """Two tasks at 105 % of their reservation become three for a target of 70."""
    track(aws)
    put_cpu(aws, 105, 105, 105)

    tracking.evaluate(NOW)

    assert 3 == desired(aws)
    assert "ALARM" == alarm_states(aws)[0]


def test_fifteen_low_datapoints_lower_the_desired_count(aws, tracking):
    """Two tasks at a tenth of the target become one."""
    track(aws)
    put_cpu(aws, *[7] * 15)

    tracking.evaluate(NOW)

    assert 1 == desired(aws)
    assert ("OK", "ALARM") == alarm_states(aws)


@pytest.mark.parametrize(
    "deployments",
    [
        [{"rolloutState": "IN_PROGRESS"}],
        [{"rolloutState": "FAILED"}, {"rolloutState": "COMPLETED"}],
    ],
    ids=["rolling out", "two deployments"],
)
def test_a_deployment_keeps_the_desired_count_up(aws, tracking, deployments):
    """While ECS deploys, no task is taken away, however idle."""
    track(aws)
    put_cpu(aws, *[7] * 15)
    aws.ecs.services["email-sender"]["deployments"] = deployments

    tracking.evaluate(NOW)

    assert [] == aws.ecs.updates
    assert "ALARM" == alarm_states(aws)[1]


def test_a_datapoint_that_never_comes_is_missing(aws, tracking):
    """The alarms are evaluated without it, from what is there."""
    track(aws)
    put_cpu(aws, 105, 105, None)

    tracking.evaluate(NOW)

    assert 3 == desired(aws)
    assert ("ALARM", "OK") == alarm_states(aws)


def test_a_datapoint_that_comes_too_late_is_used_in_the_next_minute(aws, tracking):
    """The alarms look at the minutes behind them again."""
    track(aws)
    put_cpu(aws, 105, None, None)
    tracking.evaluate(NOW - timedelta(minutes=1))
    assert 2 == desired(aws)
    put_cpu(aws, 140, None)

    tracking.evaluate(NOW)

    assert 4 == desired(aws)


def test_without_any_datapoint_nothing_is_scaled(aws, tracking):
    """Data that has stopped for longer than the evaluation range is insufficient."""
    track(aws)
    put_cpu(aws, *[105] * 3, *[None] * 17)

    tracking.evaluate(NOW)

    assert 2 == desired(aws)
    assert ("INSUFFICIENT_DATA", "INSUFFICIENT_DATA") == alarm_states(aws)


def set_bounds(aws, minimum, maximum):
    """Register the service as a scalable target with other bounds."""
    aws.autoscaling.register_scalable_target(
        ServiceNamespace="ecs",
        ResourceId=RESOURCE,
        ScalableDimension="ecs:service:DesiredCount",
        MinCapacity=minimum,
        MaxCapacity=maximum,
    )


@pytest.mark.parametrize(
    ("bounds", "corrected", "cause"),
    [
        ((3, 6), 3, "minimum capacity was set to 3"),
        ((0, 1), 1, "maximum capacity was set to 1"),
    ],
)
@pytest.mark.parametrize("known", [False, True], ids=["registered", "changed"])
def test_new_bounds_correct_the_desired_count_at_once(
    aws, tracking, reporter, bounds, corrected, cause, known
):
    """Whether a target is registered or changed, no datapoint is waited for."""
    track(aws)
    if known:
        tracking.evaluate(NOW)
    set_bounds(aws, *bounds)

    tracking.look(NOW)

    assert corrected == desired(aws)
    assert [cause] == [activity["Cause"] for activity in reporter.activities]


@pytest.mark.parametrize("count", [0, 9])
def test_a_count_set_outside_of_the_bounds_by_hand_stays(aws, tracking, reporter, count):
    """Between changes of the bounds only an alarm scales."""
    track(aws)
    tracking.evaluate(NOW)
    aws.ecs.services["email-sender"].update(desiredCount=count, runningCount=count)

    tracking.evaluate(NOW)

    assert (count, []) == (desired(aws), reporter.activities)


def test_an_alarm_brings_a_count_above_the_maximum_down_to_it(aws, tracking):
    """Nine tasks at 60 % need eight, and six are allowed."""
    track(aws)
    tracking.evaluate(NOW)
    aws.ecs.services["email-sender"].update(desiredCount=9, runningCount=9)
    put_cpu(aws, *[60] * 15)

    tracking.evaluate(NOW)

    assert 6 == desired(aws)


def test_a_lower_maximum_waits_for_a_deployment(aws, tracking):
    """Scale-in is off while ECS deploys, and the correction is not forgotten."""
    deployments = aws.ecs.services["email-sender"]["deployments"]
    aws.ecs.services["email-sender"]["deployments"] = [{"rolloutState": "IN_PROGRESS"}]
    set_bounds(aws, 0, 1)
    tracking.evaluate(NOW)
    assert 2 == desired(aws)
    aws.ecs.services["email-sender"]["deployments"] = deployments

    tracking.evaluate(NOW)

    assert 1 == desired(aws)


def test_a_target_that_is_registered_again_is_new(aws, tracking):
    """Its bounds are the same, and its registration brings the count into them."""
    tracking.evaluate(NOW)
    aws.autoscaling.deregister_scalable_target(
        ServiceNamespace="ecs", ResourceId=RESOURCE, ScalableDimension="ecs:service:DesiredCount"
    )
    tracking.evaluate(NOW)
    aws.ecs.services["email-sender"].update(desiredCount=9, runningCount=9)
    set_bounds(aws, 1, 6)

    tracking.evaluate(NOW)

    assert 6 == desired(aws)


def test_an_alarm_scales_in_the_minute_of_a_correction(aws, tracking, reporter):
    """The count that the bounds ask for is where the alarm's comparison starts."""
    track(aws)
    set_bounds(aws, 3, 6)
    put_cpu(aws, *[140] * 3)

    tracking.evaluate(NOW)

    assert 4 == desired(aws)
    assert [("minimum", "InProgress"), ("minimum", "Overridden"), ("monitor", "InProgress")] == [
        (activity["Cause"].split()[0], activity["StatusCode"]) for activity in reporter.activities
    ]


def test_a_customized_metric_is_tracked(aws, tracking):
    """A metric of one's own with a simple statistic scales like a predefined one."""
    specification = {
        "MetricName": "CPUUtilization",
        "Namespace": "AWS/ECS",
        "Statistic": "Maximum",
        "Dimensions": [
            {"Name": "ClusterName", "Value": "notifications"},
            {"Name": "ServiceName", "Value": "email-sender"},
        ],
    }
    track(aws, {"CustomizedMetricSpecification": specification})
    put_cpu(aws, 140, 140, 140)

    tracking.evaluate(NOW)

    assert 4 == desired(aws)


def test_a_backlog_scales_out_while_cpu_is_low(aws, tracking):
    """Two tasks with 150 messages each for a target of 100 become three."""
    track(aws)
    track_backlog(aws)
    put_cpu(aws, *[5] * 15)
    put_backlog(aws, 300, 300, 300)

    tracking.evaluate(NOW)

    assert 3 == desired(aws)


def test_a_backlog_keeps_what_cpu_would_take_away(aws, tracking, reporter):
    """Scale-in takes place when every policy agrees."""
    track(aws)
    track_backlog(aws)
    put_cpu(aws, *[5] * 15)
    put_backlog(aws, *[190] * 15)

    tracking.evaluate(NOW)

    assert [] == aws.ecs.updates


def test_an_empty_queue_and_low_cpu_scale_in(aws, tracking, reporter):
    """Both policies agree, and the alarm of one of them is named as the cause."""
    track(aws)
    track_backlog(aws)
    put_cpu(aws, *[5] * 15)
    put_backlog(aws, *[0] * 15)

    tracking.evaluate(NOW)

    assert 1 == desired(aws)
    assert "AlarmLow" in reporter.activities[0]["Cause"]


def test_a_backlog_without_running_tasks_is_unknown(aws, tracking):
    """Nothing is scaled in while one of the policies has no datapoints."""
    track(aws)
    track_backlog(aws)
    put_cpu(aws, *[5] * 15)
    put_backlog(aws, *[0] * 15, running=0)

    tracking.evaluate(NOW)

    assert [] == aws.ecs.updates


def test_one_target_in_trouble_does_not_stop_another(aws, tracking, monkeypatch, caplog):
    """What fails is logged, and the next target is evaluated."""
    add_service(aws, "zebra")
    for service in ("email-sender", "zebra"):
        track(aws, service=service)
        put_cpu(aws, 105, 105, 105, service=service)
    update = aws.ecs.update_service

    def refuse_one(**request):
        if request["service"] == "email-sender":
            raise RuntimeError("no")
        update(**request)

    monkeypatch.setattr(aws.ecs, "update_service", refuse_one)

    tracking.evaluate(NOW)

    assert (2, 3) == (desired(aws), desired(aws, "zebra"))
    assert RESOURCE in caplog.text


def test_the_thread_scales_when_it_is_triggered_and_ends(aws, reporter):
    """An alarm that is found in ALARM has its policy carried out, and after close nothing runs."""
    clock = Clock(minute_seconds=1.0)
    track(aws)
    put_cpu(aws, *[105] * 30, now=clock.now() + timedelta(minutes=20))
    AlarmEvaluation(aws, clock, AT_ONCE, lambda _: None).evaluate(minute_of(clock.now()))
    (name,) = (
        alarm["AlarmName"]
        for alarm in aws.cloudwatch.describe_alarms(StateValue="ALARM")["MetricAlarms"]
        if alarm["StateValue"] == "ALARM"
    )
    tracking = TargetTracking(aws, reporter, clock)

    tracking.trigger({name})
    tracking.start()
    try:
        eventually(lambda: aws.ecs.looks)
        assert 2 == desired(aws)
        tracking.trigger({"some-other-alarm"})
        tracking.trigger({name})
        eventually(lambda: desired(aws) > 2)
    finally:
        tracking.close()

    assert "target-tracking" not in {thread.name for thread in threading.enumerate()}


def test_an_alarm_that_somebody_deleted_scales_no_more(aws, tracking):
    """Target tracking goes by its alarms, as on AWS."""
    track(aws)
    put_cpu(aws, 105, 105, 105)
    alarms = [alarm["AlarmName"] for alarm in aws.cloudwatch.describe_alarms()["MetricAlarms"]]
    aws.cloudwatch.delete_alarms(AlarmNames=alarms)

    tracking.evaluate(NOW)

    assert 2 == desired(aws)


def test_cpu_of_twenty_seconds_scales_by_its_newest_datapoint(aws, tracking):
    """Its alarms have periods of twenty seconds, and a step is sized by one of them."""
    fast = {"PredefinedMetricType": "ECSServiceAverageCPUUtilizationHighResolution"}
    track(aws, {"PredefinedMetricSpecification": fast})
    put(aws, "AWS/ECS", "CPUUtilization", of_service("email-sender"), (90, 90, 140), NOW, seconds=20)
    alarms = {
        ("High" if "AlarmHigh" in one["AlarmName"] else "Low"): (one["AlarmName"], one["Period"])
        for one in aws.cloudwatch.describe_alarms()["MetricAlarms"]
    }
    name = alarms["High"][0]

    tracking.evaluate_fast(NOW)

    assert {20} == {period for _, period in alarms.values()}
    assert 4 == desired(aws)
    assert ["ALARM"] == [
        one["StateValue"] for one in aws.cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    ]


def test_a_service_that_is_gone_is_left_alone(aws, tracking, caplog):
    """Between the deletion of a service and that of its scalable target nothing is done."""
    track(aws)
    put_cpu(aws, 105, 105, 105)
    aws.ecs.services["email-sender"]["status"] = "INACTIVE"

    tracking.evaluate(NOW)

    assert [] == aws.ecs.updates
    assert "" == caplog.text
