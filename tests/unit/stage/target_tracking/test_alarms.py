"""The two alarms of a policy, as they are registered."""

from dataclasses import astuple

from stage.target_tracking.alarms import alarm_high, alarm_low

from .conftest import track


def test_the_registered_alarms_say_what_is_evaluated(aws):
    """Whoever reads them sees the periods, thresholds and comparisons that the stage goes by."""
    track(aws)

    registered = {
        (
            alarm["Threshold"],
            alarm["ComparisonOperator"],
            alarm["EvaluationPeriods"],
            alarm.get("DatapointsToAlarm", alarm["EvaluationPeriods"]),
            alarm.get("TreatMissingData", "missing"),
        )
        for alarm in aws.cloudwatch.describe_alarms()["MetricAlarms"]
    }

    assert {astuple(alarm_high(70.0)), astuple(alarm_low(70.0))} == registered
