import json

import pytest
from botocore.exceptions import ClientError


@pytest.fixture
def cloudwatch(client):
    """CloudWatch with an alarm."""
    alarms = client("cloudwatch")
    put(alarms)
    return alarms


def put(cloudwatch, name="errors", threshold=1.0):
    """One alarm."""
    cloudwatch.put_metric_alarm(
        AlarmName=name,
        Namespace="Test",
        MetricName="Errors",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        ComparisonOperator="GreaterThanThreshold",
        Threshold=threshold,
    )


def set_state(cloudwatch, state, name="errors"):
    """Set a state as an evaluation does."""
    cloudwatch.set_alarm_state(
        AlarmName=name, StateValue=state, StateReason="three of five", StateReasonData='{"period": 60}'
    )


def described(cloudwatch):
    """The only alarm."""
    (alarm,) = cloudwatch.describe_alarms()["MetricAlarms"]
    return alarm


def test_a_new_alarm_has_insufficient_data(cloudwatch):
    """Until it is evaluated for the first time."""
    assert "INSUFFICIENT_DATA" == described(cloudwatch)["StateValue"]


def test_an_alarm_that_is_put_again_keeps_its_state(cloudwatch):
    """With the reason; the threshold is the new one."""
    set_state(cloudwatch, "ALARM")
    put(cloudwatch, threshold=2.0)
    alarm = described(cloudwatch)

    assert ("ALARM", "three of five", 2.0) == (alarm["StateValue"], alarm["StateReason"], alarm["Threshold"])


def test_the_history_tells_every_change(cloudwatch):
    """The newest first, with the state before and after."""
    set_state(cloudwatch, "ALARM")
    set_state(cloudwatch, "OK")
    items = cloudwatch.describe_alarm_history(AlarmName="errors")["AlarmHistoryItems"]

    assert ["Alarm updated from ALARM to OK", "Alarm updated from INSUFFICIENT_DATA to ALARM"] == [
        item["HistorySummary"] for item in items
    ]
    data = json.loads(items[0]["HistoryData"])
    assert ("ALARM", "OK") == (data["oldState"]["stateValue"], data["newState"]["stateValue"])
    assert {"period": 60} == data["newState"]["stateReasonData"]


def test_the_history_is_asked_for_by_alarm_and_order(cloudwatch):
    """One alarm's alone, or all there are."""
    put(cloudwatch, "latency")
    set_state(cloudwatch, "ALARM", "latency")
    set_state(cloudwatch, "OK")

    def names(**request):
        items = cloudwatch.describe_alarm_history(**request)["AlarmHistoryItems"]
        return [item["AlarmName"] for item in items]

    assert ["latency"] == names(AlarmName="latency")
    assert ["latency", "errors"] == names(ScanBy="TimestampAscending")
    assert ["errors"] == names(MaxRecords=1)
    assert [] == names(HistoryItemType="Action")


def test_a_state_that_is_set_again_is_no_change(cloudwatch):
    """The history tells when an alarm went off, and not how often it was looked at."""
    set_state(cloudwatch, "ALARM")
    set_state(cloudwatch, "ALARM")

    assert 1 == len(cloudwatch.describe_alarm_history()["AlarmHistoryItems"])


def test_an_alarm_that_does_not_exist_is_refused(cloudwatch):
    """And leaves no trace in the history."""
    with pytest.raises(ClientError, match="ResourceNotFound"):
        set_state(cloudwatch, "OK", "gone")
    assert [] == cloudwatch.describe_alarm_history()["AlarmHistoryItems"]
