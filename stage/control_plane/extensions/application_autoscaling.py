"""Tags, scaling activities and the alarms of target-tracking policies."""

import json
from functools import cache
from typing import Any

from moto.applicationautoscaling.exceptions import AWSValidationException
from moto.applicationautoscaling.models import (
    ApplicationAutoscalingBackend,
    FakeApplicationAutoscalingPolicy,
    applicationautoscaling_backends,
)
from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse
from moto.cloudwatch.models import Dimension, Metric, MetricDataQuery, MetricStat

from stage.control_plane.extensions.backend_state import in_use, kept
from stage.control_plane.extensions.patching import replace

_ACTIVITIES_KEPT = 1000
_PERIOD_SECONDS = 60
# AWS scales in well below the target, so that it does not swing: 10 % below it
# (https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html).
_SCALE_IN_SHARE_OF_TARGET = 0.9

_moto_register = ApplicationAutoScalingResponse.register_scalable_target
_moto_put_policy = ApplicationAutoscalingBackend.put_scaling_policy
_moto_ecs_alarms = FakeApplicationAutoscalingPolicy._generate_ecs_alarms  # noqa: SLF001 - moto has no other


@cache
def install() -> None:
    """Add what the Terraform provider reads back, and what the stage records."""
    replace(
        ApplicationAutoScalingResponse,
        register_scalable_target=_register_scalable_target,
        list_tags_for_resource=_list_tags_for_resource,
        tag_resource=_tag_resource,
        untag_resource=_untag_resource,
        describe_scaling_activities=_describe_scaling_activities,
    )
    replace(ApplicationAutoscalingBackend, put_scaling_policy=_put_scaling_policy)
    replace(FakeApplicationAutoscalingPolicy, _generate_ecs_alarms=_ecs_alarms)


def report_scaling_activity(activity: dict[str, Any]) -> None:
    """Record an activity, newest first, in the place of one with the same id.

    Raises:
        AWSValidationException: Nothing scales that resource.
    """
    for backend in in_use(applicationautoscaling_backends):
        if any(activity["ResourceId"] in targets for targets in backend.targets.values()):
            activities = _activities(backend)
            for position, known in enumerate(activities):
                if known["ActivityId"] == activity["ActivityId"]:
                    activities[position] = activity
                    return
            activities.insert(0, activity)
            del activities[_ACTIVITIES_KEPT:]
            return
    raise AWSValidationException(f"No scalable target found for resource ID: {activity['ResourceId']}")


def _describe_scaling_activities(self: ApplicationAutoScalingResponse) -> str:
    """DescribeScalingActivities: newest first, in pages.

    https://docs.aws.amazon.com/autoscaling/application/APIReference/API_DescribeScalingActivities.html
    """
    wanted = {
        key: self._get_param(key)
        for key in ("ServiceNamespace", "ResourceId", "ScalableDimension")
        if self._get_param(key)
    }
    found = [
        activity
        for activity in list(_activities(self.applicationautoscaling_backend))
        if wanted.items() <= activity.items()
    ]
    start = int(self._get_param("NextToken") or 0)
    end = start + (self._get_int_param("MaxResults") or 50)
    page: dict[str, Any] = {"ScalingActivities": found[start:end]}
    if end < len(found):
        page["NextToken"] = str(end)
    return json.dumps(page)


def _register_scalable_target(self: ApplicationAutoScalingResponse) -> str:
    answer: str = _moto_register(self)
    tags = self._get_param("Tags")
    if tags:
        _tags(self, json.loads(answer)["ScalableTargetARN"]).update(tags)
    return answer


def _list_tags_for_resource(self: ApplicationAutoScalingResponse) -> str:
    return json.dumps({"Tags": _tags(self, self._get_param("ResourceARN"))})


def _tag_resource(self: ApplicationAutoScalingResponse) -> str:
    _tags(self, self._get_param("ResourceARN")).update(self._get_param("Tags"))
    return "{}"


def _untag_resource(self: ApplicationAutoScalingResponse) -> str:
    tags = _tags(self, self._get_param("ResourceARN"))
    for key in self._get_param("TagKeys"):
        tags.pop(key, None)
    return "{}"


def _put_scaling_policy(backend: ApplicationAutoscalingBackend, **given: Any) -> Any:
    """A policy that is put again keeps its ARN, and its alarms are replaced, not added to."""
    key = FakeApplicationAutoscalingPolicy.formulate_key(
        given["service_namespace"],
        given["resource_id"],
        given["scalable_dimension"],
        given["policy_name"],
    )
    known = backend.policies.get(key)
    if known is None or known.policy_type != "TargetTrackingScaling":
        return _moto_put_policy(backend, **given)
    known.delete_alarms(backend.account_id, backend.region_name)
    known.target_tracking_scaling_policy_configuration = given["policy_body"]
    known.alarms = []
    known.create_alarms()
    return known


def _ecs_alarms(policy: FakeApplicationAutoscalingPolicy) -> list[Any]:
    """Make moto's two alarms with the metric and the thresholds of the policy's own target."""
    alarms: list[Any] = _moto_ecs_alarms(policy)
    configuration: dict[str, Any] = policy.target_tracking_scaling_policy_configuration or {}
    target = float(configuration["TargetValue"])
    for alarm in alarms:
        alarm.threshold = target if "-AlarmHigh-" in alarm.name else target * _SCALE_IN_SHARE_OF_TARGET
        customized = configuration.get("CustomizedMetricSpecification")
        if customized:
            _watch(alarm, customized)
    return alarms


def _watch(alarm: Any, customized: dict[str, Any]) -> None:
    """Have an alarm look at a customized metric: one metric, or metric math."""
    alarm.namespace = customized.get("Namespace")
    alarm.metric_name = customized.get("MetricName")
    alarm.statistic = customized.get("Statistic")
    alarm.unit = customized.get("Unit")
    alarm.dimensions = _dimensions(customized)
    if customized.get("Metrics"):
        alarm.period = None
        alarm.metric_data_queries = [_query(metric) for metric in customized["Metrics"]]


def _query(metric: dict[str, Any]) -> MetricDataQuery:
    stat = metric.get("MetricStat")
    return MetricDataQuery(
        query_id=metric["Id"],
        label=metric.get("Label"),
        period=None,
        return_data=metric.get("ReturnData", True),
        expression=metric.get("Expression"),
        metric_stat=stat and _metric_stat(stat),
    )


def _metric_stat(stat: dict[str, Any]) -> MetricStat:
    metric = stat["Metric"]
    return MetricStat(
        metric=Metric(metric["MetricName"], metric["Namespace"], _dimensions(metric)),
        period=_PERIOD_SECONDS,
        stat=stat["Stat"],
        unit=stat.get("Unit"),
    )


def _dimensions(metric: dict[str, Any]) -> list[Dimension]:
    return [Dimension(one["Name"], one["Value"]) for one in metric.get("Dimensions", [])]


def _tags(response: ApplicationAutoScalingResponse, arn: str) -> dict[str, str]:
    tags: dict[str, dict[str, str]] = kept(response.applicationautoscaling_backend, "tags", dict)
    return tags.setdefault(arn, {})


def _activities(backend: Any) -> list[dict[str, Any]]:
    return kept(backend, "activities", list)
