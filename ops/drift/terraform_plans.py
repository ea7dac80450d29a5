"""Drift that Terraform sees: resources that differ from the state, and from what is declared."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from common.terraform.messages import IDLE
from ops.drift.difference import differences, merged
from ops.drift.finding import APPLY, NONE, OPERATOR, PRESENT, Finding, same, without_zeros
from ops.drift.patterns import matches
from ops.drift.scheduled import in_force
from ops.drift.state import State
from ops.errors import OpsError

REFRESH = "terraform plan -refresh-only"
PLAN = "terraform plan"

KEPT_BY_OTHERS = {
    ("*aws_ecs_service.*", "desired_count"): "autoscaling owns it",
    ("*aws_lb_target_group.*", "load_balancer_arns"): "known once a listener forwards to it",
    ("*aws_iam_role.*", "inline_policy*"): "policies are resources of their own, and compared by role",
    ("*aws_iam_role.*", "managed_policy_arns*"): "compared by role",
    ("*aws_security_group.*", "ingress*"): "rules are resources of their own, and compared by group",
    ("*aws_security_group.*", "egress*"): "rules are resources of their own, and compared by group",
    ("*aws_route_table.*", "route*"): "routes are resources of their own, and compared by table",
    ("*aws_s3_bucket.*", "policy*"): "a resource of its own",
    ("*aws_s3_bucket.*", "lifecycle_rule*"): "a resource of its own",
    ("*aws_s3_bucket.*", "server_side_encryption_configuration*"): "a resource of its own",
    ("*aws_secretsmanager_secret_version.*", "version_stages*"): "a rotation moves AWSCURRENT on",
    ("*aws_appautoscaling_policy.*", "alarm_arns*"): "Application Auto Scaling makes them anew",
    ("*aws_eip.*", "association_id"): "the NAT gateway's",
    ("*aws_eip.*", "network_interface"): "the NAT gateway's",
    ("*aws_eip.*", "private_*"): "the NAT gateway's",
    ("*aws_vpc_endpoint.*", "network_interface_ids*"): "AWS makes them",
    ("*aws_vpc_endpoint.*", "dns_entry*"): "AWS makes them",
    ("*aws_vpc_endpoint.*", "state"): "becomes available after a while",
    ("*aws_vpc_endpoint.*", "cidr_blocks*"): "AWS's own ranges of addresses",
    ("*aws_sesv2_email_identity.*", "verification_status"): "SES looks for the domain's records",
    ("*aws_sesv2_email_identity.*", "verified_for_sending_status"): "SES looks for the domain's records",
    (
        "*aws_sesv2_email_identity.*",
        "dkim_signing_attributes[0].status",
    ): "SES looks for the domain's records",
    ("*aws_sesv2_email_identity.*", "*last_key_generation_timestamp"): "SES renews its keys",
    ("*aws_sesv2_configuration_set.*", "*last_fresh_start"): "a time",
    ("*aws_sns_topic_subscription.*", "pending_confirmation"): "a person confirms by mail",
    ("*aws_sns_topic_subscription.*", "confirmation_was_authenticated"): "a person confirms by mail",
    ("*aws_appmesh_*", "last_updated_date"): "a time",
    ("*aws_ssm_parameter.*", "version"): "counts changes; their value is compared",
    ("*aws_ssm_parameter.control*", "insecure_value"): "the load generator's control, which tests write",
    ("*aws_ssm_parameter.control*", "value"): "the load generator's control, which tests write",
}
"""Patterns of addresses and attributes that change by themselves, each with the reason."""


def drifted(plan: Mapping[str, Any], state: State) -> Iterator[Finding]:
    """Findings of a plan's refresh: what AWS has differs from the state.

    Each plan that refreshes tells all of it, a refresh-only one and any other alike
    (`resource_drift` in https://developer.hashicorp.com/terraform/internals/json-format).

    Args:
        plan: `terraform show -json` of the plan.
        state: State that it was made from.

    Raises:
        OpsError: The plan is not whole.
    """
    _whole(plan)
    for change in plan.get("resource_drift", []):
        address, inner = change["address"], change["change"]
        if change.get("mode", "managed") != "managed" or IDLE.issuperset(inner["actions"]):
            continue
        if inner["actions"] == ["delete"]:
            if not _rotated(change["type"]):
                yield Finding(address, "resource", PRESENT, NONE, OPERATOR, REFRESH)
            continue
        actual = _as_it_was_read(inner["before"], inner["after"])
        for finding in _changed(address, inner["before"], actual, inner, state):
            yield replace(finding, changed_by=OPERATOR, source=REFRESH)


def _as_it_was_read(before: Mapping[str, Any], after: Mapping[str, Any]) -> Mapping[str, Any]:
    """The values that AWS has, but those of before that differ in what was never set.

    Of what nobody has said a provider keeps null when it applies, and zero or false when it reads it again.
    """
    return {
        name: before[name]
        if name in before and same(without_zeros(before[name]), without_zeros(value))
        else value
        for name, value in after.items()
    }


def undeclared(plan: Mapping[str, Any], state: State) -> Iterator[Finding]:
    """Findings of a plan: what an apply would change.

    Args:
        plan: `terraform show -json` of the plan.
        state: State that it was made from.

    Raises:
        OpsError: The plan is not whole.
    """
    _whole(plan)
    gone = {
        one["address"] for one in plan.get("resource_drift", []) if one["change"]["actions"] == ["delete"]
    }
    for change in plan.get("resource_changes", []):
        address, inner = change["address"], change["change"]
        actions = inner["actions"]
        if change.get("mode", "managed") != "managed" or IDLE.issuperset(actions):
            continue
        if actions == ["create"]:
            if not (_rotated(change["type"]) and address in gone):
                yield Finding(address, "resource", PRESENT, NONE, APPLY, PLAN)
        elif actions in (["delete"], ["forget"]):
            yield Finding(address, "resource", NONE, PRESENT, APPLY, PLAN)
        else:
            yield from _to_change(address, inner, state)


def _to_change(address: str, inner: Mapping[str, Any], state: State) -> Iterator[Finding]:
    unknown = inner.get("after_unknown") or {}
    after = {
        name: (inner["before"].get(name) if unknown.get(name) else value)
        for name, value in {**dict.fromkeys(unknown), **inner["after"]}.items()
    }
    everything = list(differences(after, inner["before"], True))
    found = [
        replace(one, changed_by=APPLY, source=PLAN)
        for one in _changed(address, after, inner["before"], inner, state)
    ]
    yield from found
    if not everything:
        # All that differs will be known once it is applied.
        names = ", ".join(sorted(name for name, value in unknown.items() if value)) or "resource"
        yield Finding(address, names, "as declared", "known after an apply", APPLY, PLAN)


def _changed(
    address: str, expected: Any, actual: Any, inner: Mapping[str, Any], state: State
) -> Iterator[Finding]:
    marks = merged(inner.get("before_sensitive") or {}, inner.get("after_sensitive") or {})
    found = list(differences(expected, actual, marks))
    has_tags = any(path.startswith("tags.") or path == "tags" for path, _, _ in found)
    for path, wanted, is_ in found:
        if has_tags and path.partition(".")[0] == "tags_all":
            continue
        if kept_by_others(address, path) is None and not _scheduled(address, path, actual, state):
            yield Finding(address, path, wanted, is_)


def kept_by_others(address: str, attribute: str) -> str | None:
    """Reason for which an attribute may differ; None if it may not."""
    return next(
        (
            reason
            for (resource, pattern), reason in KEPT_BY_OTHERS.items()
            if matches(resource, address) and matches(pattern, attribute)
        ),
        None,
    )


def _scheduled(address: str, path: str, actual: Mapping[str, Any], state: State) -> bool:
    """Whether it is the bounds of a scalable target that a scheduled action has set."""
    return (
        ".aws_appautoscaling_target." in f".{address}"
        and path in {"min_capacity", "max_capacity"}
        and in_force(state, actual["resource_id"], actual["min_capacity"], actual["max_capacity"])
    )


def _rotated(kind: str) -> bool:
    """Whether AWS forgets a resource once it was rotated twice: its secret is looked at instead."""
    return kind == "aws_secretsmanager_secret_version"


def _whole(plan: Mapping[str, Any]) -> None:
    if plan.get("errored") or "planned_values" not in plan:
        raise OpsError("Terraform's plan is not whole: run it again, and see what it complains about")
