import threading
from datetime import timedelta

import pytest
from tenacity import retry, stop_after_delay, wait_fixed

from stage.clock import Clock
from stage.target_tracking.evaluator import TargetTracking

from .conftest import NOW, RESOURCE, add_service, desired, put_backlog, put_cpu, track, track_backlog

EVALUATION_BUDGET_SECONDS = 10


@pytest.fixture
def tracking(aws, reporter):
    """Target tracking that is evaluated by the test."""
    return TargetTracking(aws, reporter, Clock())


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

    assert desired(aws) == 3
    assert alarm_states(aws)[0] == "ALARM"


def test_fifteen_low_datapoints_lower_the_desired_count(aws, tracking):
    """Two tasks at a tenth of the target become one."""
    track(aws)
    put_cpu(aws, *[7] * 15)

    tracking.evaluate(NOW)

    assert desired(aws) == 1
    assert alarm_states(aws) == ("OK", "ALARM")


def test_a_scaling_activity_is_worded_as_aws_words_it(aws, tracking, reporter):
    """Description, cause and status read as in describe_scaling_activities."""
    track(aws)
    put_cpu(aws, 105, 105, 105)

    tracking.evaluate(NOW)

    (activity,) = reporter.activities
    assert activity["Description"] == "Setting desired count to 3."
    assert activity["Cause"].startswith(f"monitor alarm TargetTracking-{RESOURCE}-AlarmHigh-")
    assert activity["Cause"].endswith("in state ALARM triggered policy policy")
    assert (activity["StatusCode"], activity["StartTime"]) == ("InProgress", NOW)


def test_an_activity_ends_when_its_tasks_run(aws, tracking, reporter):
    """Once as many tasks run as were asked for, the same activity is reported as successful."""
    track(aws)
    put_cpu(aws, 105, 105, 105)
    tracking.evaluate(NOW)
    aws.ecs.services["email-sender"]["runningCount"] = 3
    later = NOW + timedelta(seconds=10)

    tracking.evaluate(later, only=())

    begun, ended = reporter.activities
    assert begun["ActivityId"] == ended["ActivityId"]
    assert ("Successful", later) == (ended["StatusCode"], ended["EndTime"])


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

    assert aws.ecs.updates == []
    assert alarm_states(aws)[1] == "ALARM"


def test_a_service_that_is_gone_is_left_alone(aws, tracking, caplog):
    """Between the deletion of a service and that of its scalable target nothing is done."""
    track(aws)
    put_cpu(aws, 105, 105, 105)
    aws.ecs.services["email-sender"]["status"] = "INACTIVE"

    tracking.evaluate(NOW)

    assert aws.ecs.updates == []
    assert caplog.text == ""


def test_a_late_datapoint_is_waited_for(aws, tracking):
    """Before the last look of a minute, a target without its newest datapoint is left for later."""
    track(aws)
    put_cpu(aws, 105, 105, 105, None)

    assert {RESOURCE} == tracking.evaluate(NOW, final=False)
    put_cpu(aws, 105)
    assert set() == tracking.evaluate(NOW, only={RESOURCE}, final=False)

    assert desired(aws) == 3


def test_a_datapoint_that_never_comes_is_missing(aws, tracking):
    """At the last look the alarm has insufficient data, and nothing is scaled."""
    track(aws)
    put_cpu(aws, 105, 105, 105, None)

    assert set() == tracking.evaluate(NOW)

    assert desired(aws) == 2
    assert alarm_states(aws)[0] == "INSUFFICIENT_DATA"


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

    assert desired(aws) == 4


def test_a_backlog_scales_out_while_cpu_is_low(aws, tracking):
    """Two tasks with 150 messages each for a target of 100 become three."""
    track(aws)
    track_backlog(aws)
    put_cpu(aws, *[5] * 15)
    put_backlog(aws, 300, 300, 300)

    tracking.evaluate(NOW)

    assert desired(aws) == 3


def test_a_backlog_keeps_what_cpu_would_take_away(aws, tracking, reporter):
    """Scale-in takes place when every policy agrees."""
    track(aws)
    track_backlog(aws)
    put_cpu(aws, *[5] * 15)
    put_backlog(aws, *[190] * 15)

    tracking.evaluate(NOW)

    assert aws.ecs.updates == []


def test_an_empty_queue_and_low_cpu_scale_in(aws, tracking, reporter):
    """Both policies agree, and the alarm of one of them is named as the cause."""
    track(aws)
    track_backlog(aws)
    put_cpu(aws, *[5] * 15)
    put_backlog(aws, *[0] * 15)

    tracking.evaluate(NOW)

    assert desired(aws) == 1
    assert "AlarmLow" in reporter.activities[0]["Cause"]


def test_a_backlog_without_running_tasks_is_unknown(aws, tracking):
    """Nothing is scaled in while one of the policies has no datapoints."""
    track(aws)
    track_backlog(aws)
    put_cpu(aws, *[5] * 15)
    put_backlog(aws, *[0] * 15, running=0)

    tracking.evaluate(NOW)

    assert aws.ecs.updates == []


def test_an_unsupported_metric_is_named_once(aws, tracking, reporter):
    """Who reads the service's events learns why the policy never acts."""
    track(
        aws, {"PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageMemoryUtilization"}}
    )

    tracking.evaluate(NOW)
    tracking.evaluate(NOW)

    ((cluster, service, message, _),) = reporter.events
    assert (cluster, service) == ("notifications", "email-sender")
    assert "ECSServiceAverageMemoryUtilization" in message


def test_an_alarm_that_somebody_deleted_does_not_stop_scaling(aws, tracking, caplog):
    """The metric is still there; what is missing is named in the log."""
    track(aws)
    put_cpu(aws, 105, 105, 105)
    alarms = [alarm["AlarmName"] for alarm in aws.cloudwatch.describe_alarms()["MetricAlarms"]]
    aws.cloudwatch.delete_alarms(AlarmNames=alarms)

    tracking.evaluate(NOW)

    assert desired(aws) == 3
    assert "AlarmHigh" in caplog.text


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

    assert (desired(aws), desired(aws, "zebra")) == (2, 3)
    assert RESOURCE in caplog.text


def test_the_thread_scales_by_itself_and_ends(aws, reporter):
    """Within an AWS minute of its datapoints the service is scaled, and after close nothing runs."""
    clock = Clock(minute_seconds=1.0)
    track(aws)
    put_cpu(aws, *[105] * 5, *[105] * 20, now=clock.now() + timedelta(minutes=20))
    tracking = TargetTracking(aws, reporter, clock)

    tracking.start()
    try:
        wait_until_scaled(aws)
    finally:
        tracking.close()

    assert "target-tracking" not in {thread.name for thread in threading.enumerate()}


@retry(stop=stop_after_delay(EVALUATION_BUDGET_SECONDS), wait=wait_fixed(0.05), reraise=True)
def wait_until_scaled(aws):
    """Wait for a desired count above the two tasks of the start."""
    assert desired(aws) > 2
