import json
import logging

from stage.alarms.model import StateChange
from stage.alarms.perform import set_state

from .conftest import put_alarm

CHANGE = StateChange("errors", "ALARM", "Threshold Crossed", {"period": 60})


def test_a_state_is_set_with_its_reasons(cloudwatch):
    """For people and for programs."""
    put_alarm(cloudwatch)
    set_state(cloudwatch, CHANGE)

    (alarm,) = cloudwatch.describe_alarms()["MetricAlarms"]
    assert ("ALARM", "Threshold Crossed") == (alarm["StateValue"], alarm["StateReason"])
    assert {"period": 60} == json.loads(alarm["StateReasonData"])


def test_an_alarm_that_is_gone_costs_nothing(cloudwatch, caplog):
    """Somebody deleted it after it was read."""
    caplog.set_level(logging.INFO)
    set_state(cloudwatch, CHANGE)

    assert "alarm errors keeps its state" in caplog.text
