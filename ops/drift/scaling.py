"""Scalable targets, scaling policies and scheduled actions."""

from collections.abc import Iterator
from typing import Any

from common.pages import listed
from ops.drift.aws import Aws
from ops.drift.finding import NONE, PRESENT, Finding, compared, text
from ops.drift.scheduled import in_force
from ops.drift.state import Declared, State

_SUSPENDED = {
    "DynamicScalingInSuspended": "dynamic_scaling_in_suspended",
    "DynamicScalingOutSuspended": "dynamic_scaling_out_suspended",
    "ScheduledScalingSuspended": "scheduled_scaling_suspended",
}


def scaling(aws: Aws, state: State) -> Iterator[Finding]:
    """Bounds that no schedule has set, scaling that is suspended, policies and schedules by hand."""
    client = aws("application-autoscaling")

    def ours(operation: str, key: str) -> list[dict[str, Any]]:
        begin = f"service/{state.cluster}/"
        found = listed(client, operation, key, ServiceNamespace="ecs")
        return [one for one in found if one["ResourceId"].startswith(begin)]

    yield from _targets(ours("describe_scalable_targets", "ScalableTargets"), state)
    policies = ours("describe_scaling_policies", "ScalingPolicies")
    yield from _named("aws_appautoscaling_policy", "PolicyName", policies, state)
    actions = ours("describe_scheduled_actions", "ScheduledActions")
    yield from _named("aws_appautoscaling_scheduled_action", "ScheduledActionName", actions, state)


def _targets(found: list[dict[str, Any]], state: State) -> Iterator[Finding]:
    by_id = {target["ResourceId"]: target for target in found}
    for known in state.of("aws_appautoscaling_target"):
        target = by_id.pop(known["resource_id"], None)
        if target is None:
            yield Finding(known.address, "resource", PRESENT, NONE)
            continue
        low, high = target["MinCapacity"], target["MaxCapacity"]
        if not in_force(state, known["resource_id"], low, high):
            bounds = {
                "min_capacity": (known["min_capacity"], low),
                "max_capacity": (known["max_capacity"], high),
            }
            yield from compared(known.address, bounds)
        declared = (known["suspended_state"] or [{}])[0]
        actual = target.get("SuspendedState", {})
        suspended = {
            f"suspended_state.{name}": (bool(declared.get(name)), bool(actual.get(key)))
            for key, name in _SUSPENDED.items()
        }
        yield from compared(known.address, suspended)
    for name in by_id:
        yield Finding(name, "scalable_target", NONE, PRESENT)


def _named(kind: str, key: str, found: list[dict[str, Any]], state: State) -> Iterator[Finding]:
    by_name = {(one["ResourceId"], one[key]): one for one in found}
    for known in state.of(kind):
        one = by_name.pop((known["resource_id"], known["name"]), None)
        if one is None:
            yield Finding(known.address, "resource", PRESENT, NONE)
        elif kind == "aws_appautoscaling_policy":
            yield from compared(known.address, _policy(known, one))
        else:
            yield from compared(known.address, _action(known, one))
    for (resource, name), one in by_name.items():
        target = state.one_by("aws_appautoscaling_target", "resource_id", resource)
        attribute = "scaling_policy" if "PolicyName" in one else "scheduled_action"
        told = {item: value for item, value in one.items() if item in {"PolicyType", "Schedule"}}
        shown = told | one.get("ScalableTargetAction", {})
        yield Finding(target.address if target else resource, f"{attribute}[{name}]", NONE, text(shown))


def _policy(known: Declared, found: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    (declared,) = known["target_tracking_scaling_policy_configuration"] or [{}]
    actual = found.get("TargetTrackingScalingPolicyConfiguration", {})
    path = "target_tracking_scaling_policy_configuration"
    predefined = declared.get("predefined_metric_specification") or [{}]
    return {
        "policy_type": (known["policy_type"], found["PolicyType"]),
        f"{path}.target_value": (_float(declared.get("target_value")), _float(actual.get("TargetValue"))),
        f"{path}.scale_in_cooldown": (declared.get("scale_in_cooldown"), actual.get("ScaleInCooldown")),
        f"{path}.scale_out_cooldown": (declared.get("scale_out_cooldown"), actual.get("ScaleOutCooldown")),
        f"{path}.disable_scale_in": (
            bool(declared.get("disable_scale_in")),
            bool(actual.get("DisableScaleIn")),
        ),
        f"{path}.predefined_metric_specification": (
            predefined[0].get("predefined_metric_type"),
            actual.get("PredefinedMetricSpecification", {}).get("PredefinedMetricType"),
        ),
    }


def _action(known: Declared, found: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    (declared,) = known["scalable_target_action"] or [{}]
    actual = found.get("ScalableTargetAction", {})
    return {
        "schedule": (known["schedule"], found.get("Schedule")),
        "timezone": (known["timezone"] or "UTC", found.get("Timezone") or "UTC"),
        "scalable_target_action.min_capacity": (
            _text(declared.get("min_capacity")),
            _text(actual.get("MinCapacity")),
        ),
        "scalable_target_action.max_capacity": (
            _text(declared.get("max_capacity")),
            _text(actual.get("MaxCapacity")),
        ),
    }


def _float(value: Any) -> float | None:
    return None if value is None else float(value)


def _text(value: Any) -> str:
    return "" if value is None else str(value)
