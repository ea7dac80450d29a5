"""Log groups and secrets: how long, for whom, by which key; never what is in them."""

from collections.abc import Iterator
from typing import Any

from common.pages import listed
from ops.drift.aws import Aws, unless_missing
from ops.drift.finding import NONE, PRESENT, Finding, compared, text
from ops.drift.state import State

_CURRENT = "AWSCURRENT"


def logs(aws: Aws, state: State) -> Iterator[Finding]:
    """Log groups with another retention or key, and filters that copy what is logged elsewhere."""
    client = aws("logs")
    for known in state.of("aws_cloudwatch_log_group"):
        name = known["name"]
        found = {
            one["logGroupName"]: one
            for one in listed(client, "describe_log_groups", "logGroups", logGroupNamePrefix=name)
        }
        group = found.get(name)
        if group is None:
            yield Finding(known.address, "resource", PRESENT, NONE)
            continue
        yield from compared(
            known.address,
            {
                "retention_in_days": (known["retention_in_days"] or None, group.get("retentionInDays")),
                "kms_key_id": (known["kms_key_id"], group.get("kmsKeyId")),
            },
        )
        for one in listed(client, "describe_subscription_filters", "subscriptionFilters", logGroupName=name):
            attribute = f"subscription_filter[{one['filterName']}]"
            yield Finding(known.address, attribute, NONE, one["destinationArn"])
        for one in listed(client, "describe_metric_filters", "metricFilters", logGroupName=name):
            yield Finding(known.address, f"metric_filter[{one['filterName']}]", NONE, PRESENT)


def secrets(aws: Aws, state: State) -> Iterator[Finding]:
    """Secrets with a policy, a replica, a rotation or a key that nobody has declared."""
    client = aws("secretsmanager")
    with_value = {one["secret_id"] for one in state.of("aws_secretsmanager_secret_version")}
    for known in state.of("aws_secretsmanager_secret"):
        arn = known["arn"]
        found = unless_missing(client.describe_secret, "ResourceNotFoundException", SecretId=arn)
        if found is None or found.get("DeletedDate") is not None:
            yield Finding(known.address, "resource", PRESENT, NONE if found is None else "deleted")
            continue
        replicas = sorted(one["Region"] for one in found.get("ReplicationStatus", []))
        policy = client.get_resource_policy(SecretId=arn).get("ResourcePolicy")
        declared = sorted(one["region"] for one in known["replica"] or [])
        yield from compared(
            known.address,
            {
                "kms_key_id": (known["kms_key_id"], found.get("KmsKeyId")),
                "policy": (known["policy"], policy),
                "replica": (declared, replicas),
                "rotation_enabled": (False, bool(found.get("RotationEnabled"))),
            },
        )
        stages = [stage for one in (found.get("VersionIdsToStages") or {}).values() for stage in one]
        if arn in with_value and _CURRENT not in stages:
            yield Finding(known.address, "version_stages", _CURRENT, text(sorted(stages)))


def parameters(aws: Aws, state: State) -> Iterator[Finding]:
    """Settings that are gone or of another type; their values are Terraform's matter."""
    found: dict[str, Any] = {
        one["Name"]: one for one in listed(aws("ssm"), "describe_parameters", "Parameters")
    }
    for known in state.of("aws_ssm_parameter"):
        one = found.get(known["name"])
        if one is None:
            yield Finding(known.address, "resource", PRESENT, NONE)
        else:
            yield from compared(known.address, {"type": (known["type"], one["Type"])})
