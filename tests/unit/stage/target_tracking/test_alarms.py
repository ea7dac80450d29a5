"""The two alarms of a policy, as they are registered."""

import pytest

from .conftest import track

CPU = "ECSServiceAverageCPUUtilization"


@pytest.mark.parametrize(
    ("metric", "period", "scale_in_periods"), [(CPU, 60, 15), (f"{CPU}HighResolution", 20, 45)]
)
def test_out_after_three_datapoints_and_in_after_a_quarter_of_an_hour(aws, metric, period, scale_in_periods):
    """Above the target, and below 90 % of it; a missing datapoint is neither."""
    track(aws, {"PredefinedMetricSpecification": {"PredefinedMetricType": metric}})

    registered = {
        (
            alarm["Threshold"],
            alarm["ComparisonOperator"],
            alarm["Period"],
            alarm["EvaluationPeriods"],
            alarm.get("DatapointsToAlarm", alarm["EvaluationPeriods"]),
            alarm.get("TreatMissingData", "missing"),
        )
        for alarm in aws.cloudwatch.describe_alarms()["MetricAlarms"]
    }

    assert {
        (70.0, "GreaterThanThreshold", period, 3, 3, "missing"),
        (63.0, "LessThanThreshold", period, scale_in_periods, scale_in_periods, "missing"),
    } == registered
