"""Tags, scaling activities and the alarms of target-tracking policies."""

import json
from typing import Any

from moto.applicationautoscaling import models, responses
from moto.applicationautoscaling.exceptions import AWSValidationException
from moto.cloudwatch.models import Dimension, Metric, MetricDataQuery, MetricStat

from stage.control_plane.extensions.registration import Extension, Gap, in_use, overrides

_ACTIVITIES_KEPT = 1000
_PERIOD_SECONDS = 60
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/target-tracking-faster-auto-scaling.html
_HIGH_RESOLUTION_SECONDS = 20
# Out after three datapoints, in after a quarter of an hour of them
# (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/target-tracking-create-policy.html).
_SCALE_OUT_PERIODS = 3
_SCALE_IN_SECONDS = 15 * 60
# AWS scales in well below the target, so that it does not swing: 10 % below it
# (https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html).
_SCALE_IN_SHARE_OF_TARGET = 0.9


class ApplicationAutoscalingBackend(models.ApplicationAutoscalingBackend):
    """Application Auto Scaling with what the Terraform provider reads back, and what the stage records.

    Attributes:
        tags: Of scalable targets, by their ARNs.
        activities: Scaling activities as DescribeScalingActivities shows them, newest first.
    """

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.tags: dict[str, dict[str, str]] = {}
        self.activities: list[dict[str, Any]] = []

    @overrides
    def put_scaling_policy(self, **given: Any) -> Any:
        """Put a policy; one that is put again keeps its ARN, and its alarms are replaced, not added to."""
        key = models.FakeApplicationAutoscalingPolicy.formulate_key(
            given["service_namespace"],
            given["resource_id"],
            given["scalable_dimension"],
            given["policy_name"],
        )
        policy = self.policies.get(key)
        if policy is None or policy.policy_type != "TargetTrackingScaling":
            policy = super().put_scaling_policy(**given)
        else:
            policy.delete_alarms(self.account_id, self.region_name)
            policy.target_tracking_scaling_policy_configuration = given["policy_body"]
            policy.alarms = []
            policy.create_alarms()
        if policy.service_namespace == "ecs":
            _aim(policy)
        return policy

    def record(self, activity: dict[str, Any]) -> None:
        """Record an activity, newest first, in the place of one with the same id."""
        for position, known in enumerate(self.activities):
            if known["ActivityId"] == activity["ActivityId"]:
                self.activities[position] = activity
                return
        self.activities.insert(0, activity)
        del self.activities[_ACTIVITIES_KEPT:]


def report_scaling_activity(activity: dict[str, Any]) -> None:
    """Record an activity of a resource that scales.

    Raises:
        AWSValidationException: Nothing scales that resource.
    """
    for backend in in_use(models.applicationautoscaling_backends):
        if any(activity["ResourceId"] in targets for targets in backend.targets.values()):
            backend.record(activity)
            return
    raise AWSValidationException(f"No scalable target found for resource ID: {activity['ResourceId']}")


class ApplicationAutoScalingResponse(responses.ApplicationAutoScalingResponse):
    """Requests of Application Auto Scaling."""

    @overrides
    def register_scalable_target(self) -> str:
        """RegisterScalableTarget, with tags."""
        answer: str = super().register_scalable_target()
        tags = self._get_param("Tags")
        if tags:
            self._tags(json.loads(answer)["ScalableTargetARN"]).update(tags)
        return answer

    def list_tags_for_resource(self) -> str:
        """ListTagsForResource."""
        return json.dumps({"Tags": self._tags(self._get_param("ResourceARN"))})

    def tag_resource(self) -> str:
        """TagResource."""
        self._tags(self._get_param("ResourceARN")).update(self._get_param("Tags"))
        return "{}"

    def untag_resource(self) -> str:
        """UntagResource."""
        tags = self._tags(self._get_param("ResourceARN"))
        for key in self._get_param("TagKeys"):
            tags.pop(key, None)
        return "{}"

    def describe_scaling_activities(self) -> str:
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
            for activity in list(self.applicationautoscaling_backend.activities)
            if wanted.items() <= activity.items()
        ]
        start = int(self._get_param("NextToken") or 0)
        end = start + (self._get_int_param("MaxResults") or 50)
        page: dict[str, Any] = {"ScalingActivities": found[start:end]}
        if end < len(found):
            page["NextToken"] = str(end)
        return json.dumps(page)

    def _tags(self, arn: str) -> dict[str, str]:
        tags: dict[str, str] = self.applicationautoscaling_backend.tags.setdefault(arn, {})
        return tags


def _aim(policy: models.FakeApplicationAutoscalingPolicy) -> None:
    """Give moto's two alarms the metric, the periods and the thresholds of the policy's own target."""
    configuration: dict[str, Any] = policy.target_tracking_scaling_policy_configuration or {}
    predefined = (configuration.get("PredefinedMetricSpecification") or {}).get("PredefinedMetricType", "")
    period = _HIGH_RESOLUTION_SECONDS if predefined.endswith("HighResolution") else _PERIOD_SECONDS
    for alarm in policy.alarms:
        target = float(configuration["TargetValue"])
        if "-AlarmHigh-" in alarm.name:
            alarm.threshold, alarm.evaluation_periods = target, _SCALE_OUT_PERIODS
        else:
            alarm.threshold = target * _SCALE_IN_SHARE_OF_TARGET
            alarm.evaluation_periods = _SCALE_IN_SECONDS // period
        alarm.period = period
        customized = configuration.get("CustomizedMetricSpecification")
        if customized:
            _watch(alarm, customized)


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


_PAGES = "https://docs.aws.amazon.com/autoscaling/application"
EXTENSION = Extension(
    service="applicationautoscaling",
    gaps=(
        Gap(
            "tags_of_target",
            "A scalable target has no tags.",
            f"{_PAGES}/APIReference/API_ListTagsForResource.html",
        ),
        Gap(
            "scaling_activities",
            "There are no scaling activities.",
            f"{_PAGES}/APIReference/API_DescribeScalingActivities.html",
        ),
        Gap(
            "thresholds",
            "The alarms of a target-tracking policy have a fixed threshold, whatever its target.",
            f"{_PAGES}/userguide/target-tracking-scaling-policy-overview.html",
        ),
        Gap(
            "high_resolution",
            "The alarms of a policy on a high-resolution metric have periods of a minute.",
            "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/target-tracking-faster-auto-scaling.html",
        ),
        Gap(
            "customized_metric",
            "The alarms of a policy on a customized metric watch the CPU.",
            f"{_PAGES}/APIReference/API_CustomizedMetricSpecification.html",
        ),
        Gap(
            "policy_put_again",
            "A policy that is put again gets another ARN and further alarms.",
            f"{_PAGES}/APIReference/API_PutScalingPolicy.html",
        ),
    ),
    backend=ApplicationAutoscalingBackend,
    response=ApplicationAutoScalingResponse,
)
