"""PutCompositeAlarm, and composite alarms as DescribeAlarms shows them."""

from typing import Any

from moto.cloudwatch import responses
from moto.core.responses import EmptyResult

# What belongs to a metric alarm alone has no value, so that it is not shown.
_NOTHING: dict[str, Any] = dict.fromkeys(
    (
        "namespace",
        "metric_name",
        "comparison_operator",
        "evaluation_periods",
        "period",
        "threshold",
        "statistic",
    )
)


class CloudWatchResponse(responses.CloudWatchResponse):
    """Requests of CloudWatch."""

    def put_composite_alarm(self) -> EmptyResult:
        """PutCompositeAlarm: one that stands beside moto's metric alarms."""
        request = self._get_params()
        alarm: Any = self.cloudwatch_backend.put_metric_alarm(
            name=request["AlarmName"],
            description=request.get("AlarmDescription"),
            dimensions=[],
            actions_enabled=request.get("ActionsEnabled"),
            alarm_actions=request.get("AlarmActions") or [],
            ok_actions=request.get("OKActions"),
            insufficient_data_actions=request.get("InsufficientDataActions"),
            rule=request["AlarmRule"],
            tags=request.get("Tags"),
            **_NOTHING,
        )
        alarm.alarm_rule = alarm.rule
        alarm.actions_suppressor = request.get("ActionsSuppressor")
        alarm.actions_suppressor_wait_period = request.get("ActionsSuppressorWaitPeriod")
        alarm.actions_suppressor_extension_period = request.get("ActionsSuppressorExtensionPeriod")
        return EmptyResult()
