"""States of alarms as CloudWatch keeps them, and their history."""

import json
from typing import Any

from moto.cloudwatch.models import Alarm
from moto.core.responses import ActionResult
from moto.core.utils import utcnow

from stage.control_plane.extensions.cloudwatch import composite_alarms, metric_data
from stage.control_plane.extensions.registration import overrides

_STATE = ("state_value", "state_reason", "state_reason_data", "state_updated_timestamp")


class CloudWatchBackend(metric_data.CloudWatchBackend):
    """CloudWatch that begins without data, keeps a state over an update, and remembers what changed.

    Attributes:
        alarm_history: Items as DescribeAlarmHistory shows them, the newest first.
    """

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.alarm_history: list[dict[str, Any]] = []

    @overrides
    def put_metric_alarm(self, name: str, **given: Any) -> Alarm:
        """A new alarm has insufficient data; an alarm that is put again keeps its state.

        https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
        """
        before = self.alarms.get(name)
        alarm = super().put_metric_alarm(name=name, **given)
        if before is None:
            alarm.state_value = "INSUFFICIENT_DATA"
        else:
            for field in _STATE:
                setattr(alarm, field, getattr(before, field))
        return alarm

    @overrides
    def set_alarm_state(self, alarm_name: str, reason: str, reason_data: str, state_value: str) -> None:
        """Set a state, and note in the history what it was before, if it was another."""
        alarm = self.alarms.get(alarm_name)
        before = _described(alarm) if alarm else {}
        super().set_alarm_state(alarm_name, reason, reason_data, state_value)
        alarm = self.alarms[alarm_name]
        if before["stateValue"] == state_value:
            return
        item = {
            "AlarmName": alarm_name,
            "AlarmType": "MetricAlarm" if alarm.rule is None else "CompositeAlarm",
            "Timestamp": utcnow(),
            "HistoryItemType": "StateUpdate",
            "HistorySummary": f"Alarm updated from {before['stateValue']} to {state_value}",
            "HistoryData": json.dumps({"version": "1.0", "oldState": before, "newState": _described(alarm)}),
        }
        self.alarm_history.insert(0, item)


def _described(alarm: Alarm) -> dict[str, Any]:
    return {
        "stateValue": alarm.state_value,
        "stateReason": alarm.state_reason,
        "stateReasonData": json.loads(alarm.state_reason_data or "{}"),
    }


class CloudWatchResponse(composite_alarms.CloudWatchResponse):
    """Requests of CloudWatch, those for the history of alarms among them."""

    def describe_alarm_history(self) -> ActionResult:
        """DescribeAlarmHistory: changes of state, the newest first unless asked for otherwise.

        https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmHistory.html
        """
        request = self._get_params()
        backend: Any = self.cloudwatch_backend
        items = [
            item
            for item in backend.alarm_history
            if request.get("AlarmName") in {None, item["AlarmName"]}
            and request.get("HistoryItemType") in {None, item["HistoryItemType"]}
        ]
        if request.get("ScanBy") == "TimestampAscending":
            items.reverse()
        return ActionResult({"AlarmHistoryItems": items[: request.get("MaxRecords") or len(items)]})
