"""Roles: trust, boundary, and policies, of which Terraform sees its own alone."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from common.pages import listed
from ops.drift.aws import Aws, unless_missing
from ops.drift.difference import differences
from ops.drift.finding import NONE, PRESENT, Finding, compared, text
from ops.drift.state import Declared, State


def roles(aws: Aws, state: State) -> Iterator[Finding]:
    """Policies that were put in, attached or taken away, and a role's own settings."""
    iam = aws("iam")
    for role in state.of("aws_iam_role"):
        found = unless_missing(iam.get_role, "NoSuchEntity", RoleName=role["name"])
        if found is None:
            yield Finding(role.address, "resource", PRESENT, NONE)
            continue
        yield from _settings(role, found["Role"])
        yield from _inline(iam, role, state)
        yield from _attached(iam, role, state)
        profiles = listed(iam, "list_instance_profiles_for_role", "InstanceProfiles", RoleName=role["name"])
        for profile in profiles:
            attribute = f"instance_profile[{profile['InstanceProfileName']}]"
            yield Finding(role.address, attribute, NONE, PRESENT)


def _settings(role: Declared, found: dict[str, Any]) -> Iterator[Finding]:
    trust = found["AssumeRolePolicyDocument"]
    for path, expected, actual in differences(role["assume_role_policy"], trust, path="assume_role_policy"):
        yield Finding(role.address, path, expected, actual)
    boundary = found.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    yield from compared(
        role.address,
        {
            "permissions_boundary": (role["permissions_boundary"], boundary),
            "max_session_duration": (role["max_session_duration"], found.get("MaxSessionDuration")),
        },
    )


def _inline(iam: Any, role: Declared, state: State) -> Iterator[Finding]:
    name = role["name"]
    declared = {one["name"]: one for one in state.of("aws_iam_role_policy") if one["role"] == name}
    found = listed(iam, "list_role_policies", "PolicyNames", RoleName=name)
    for policy in sorted({*found, *declared}):
        attribute = f"inline_policy[{policy}]"
        if policy not in found:
            yield Finding(declared[policy].address, "policy", text(declared[policy]["policy"]), NONE)
            continue
        document = iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
        if isinstance(document, str):
            document = unquote(document)
        if policy not in declared:
            yield Finding(role.address, attribute, NONE, text(document))
            continue
        for path, expected, actual in differences(declared[policy]["policy"], document, path="policy"):
            yield Finding(declared[policy].address, path, expected, actual)


def _attached(iam: Any, role: Declared, state: State) -> Iterator[Finding]:
    name = role["name"]
    declared = {
        one["policy_arn"] for one in state.of("aws_iam_role_policy_attachment") if one["role"] == name
    }
    found = {
        one["PolicyArn"]
        for one in listed(iam, "list_attached_role_policies", "AttachedPolicies", RoleName=name)
    }
    for arn in sorted(found ^ declared):
        expected, actual = (PRESENT, NONE) if arn in declared else (NONE, PRESENT)
        yield Finding(role.address, f"managed_policy_arns[{arn}]", expected, actual)
