"""States of alarms as CloudWatch keeps them, and their history."""

import json
from typing import Any

from moto.cloudwatch.models import Alarm, CloudWatchBackend
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult
from moto.core.utils import utcnow

from stage.control_plane.extensions.backend_state import kept
from stage.control_plane.extensions.patching import replace

_moto_put_metric_alarm = CloudWatchBackend.put_metric_alarm
_moto_set_alarm_state = CloudWatchBackend.set_alarm_state
_STATE = ("state_value", "state_reason", "state_reason_data", "state_updated_timestamp")


def install() -> None:
    """Begin without data, keep the state over an update, and tell of what changed."""
    replace(CloudWatchBackend, put_metric_alarm=_put_metric_alarm, set_alarm_state=_set_alarm_state)
    replace(CloudWatchResponse, describe_alarm_history=_describe_alarm_history)


def _put_metric_alarm(self: CloudWatchBackend, name: str, **given: Any) -> Alarm:
    """A new alarm has insufficient data; an alarm that is put again keeps its state.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    """
    before = self.alarms.get(name)
    alarm = _moto_put_metric_alarm(self, name=name, **given)
    if before is None:
        alarm.state_value = "INSUFFICIENT_DATA"
    else:
        for field in _STATE:
            setattr(alarm, field, getattr(before, field))
    return alarm


def _set_alarm_state(
    self: CloudWatchBackend, alarm_name: str, reason: str, reason_data: str, state_value: str
) -> None:
    """Change a state, and note in the history what it was before."""
    alarm = self.alarms.get(alarm_name)
    before = _described(alarm) if alarm else {}
    _moto_set_alarm_state(self, alarm_name, reason, reason_data, state_value)
    alarm = self.alarms[alarm_name]
    kept(self, "alarm_history", list[dict[str, Any]]).insert(
        0,
        {
            "AlarmName": alarm_name,
            "AlarmType": "MetricAlarm" if alarm.rule is None else "CompositeAlarm",
            "Timestamp": utcnow(),
            "HistoryItemType": "StateUpdate",
            "HistorySummary": f"Alarm updated from {before['stateValue']} to {state_value}",
            "HistoryData": json.dumps({"version": "1.0", "oldState": before, "newState": _described(alarm)}),
        },
    )


def _described(alarm: Alarm) -> dict[str, Any]:
    return {
        "stateValue": alarm.state_value,
        "stateReason": alarm.state_reason,
        "stateReasonData": json.loads(alarm.state_reason_data or "{}"),
    }


def _describe_alarm_history(self: CloudWatchResponse) -> ActionResult:
    """The changes of state of an alarm or of all, the newest first unless asked for otherwise.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmHistory.html
    """
    request = self._get_params()
    items = [
        item
        for item in kept(self.cloudwatch_backend, "alarm_history", list[dict[str, Any]])
        if request.get("AlarmName") in {None, item["AlarmName"]}
        and request.get("HistoryItemType") in {None, item["HistoryItemType"]}
    ]
    if request.get("ScanBy") == "TimestampAscending":
        items.reverse()
    return ActionResult({"AlarmHistoryItems": items[: request.get("MaxRecords") or len(items)]})
