from datetime import timedelta

from .conftest import NOW, RESOURCE, put_cpu, track


def test_a_scaling_activity_is_worded_as_aws_words_it(aws, tracking, reporter):
    """Description, cause and status read as in describe_scaling_activities."""
    track(aws)
    put_cpu(aws, 105, 105, 105)

    tracking.evaluate(NOW)

    (activity,) = reporter.activities
    assert "Setting desired count to 3." == activity["Description"]
    assert activity["Cause"].startswith(f"monitor alarm TargetTracking-{RESOURCE}-AlarmHigh-")
    assert activity["Cause"].endswith("in state ALARM triggered policy policy")
    assert ("InProgress", NOW) == (activity["StatusCode"], activity["StartTime"])


def test_an_activity_ends_when_its_tasks_run(aws, tracking, reporter):
    """Once as many tasks run as were asked for, the same activity is reported as successful."""
    track(aws)
    put_cpu(aws, 105, 105, 105)
    tracking.evaluate(NOW)
    aws.ecs.services["email-sender"]["runningCount"] = 3
    later = NOW + timedelta(seconds=10)

    tracking.look(later)

    begun, ended = reporter.activities
    assert begun["ActivityId"] == ended["ActivityId"]
    assert ("Successful", later) == (ended["StatusCode"], ended["EndTime"])


def test_an_unsupported_metric_is_named_once(aws, tracking, reporter):
    """Who reads the service's events learns why the policy never acts."""
    track(
        aws, {"PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageMemoryUtilization"}}
    )

    tracking.evaluate(NOW)
    tracking.evaluate(NOW)

    ((cluster, service, message, _),) = reporter.events
    assert ("notifications", "email-sender") == (cluster, service)
    assert "ECSServiceAverageMemoryUtilization" in message
