"""A deploy role as it was once written by hand: five faults, each of which stops an apply on AWS.

It is tried beside the real one: each call of an apply, of a change and of a destroy is decided for both.
"""

import json
from collections.abc import Mapping
from typing import Any

from common.pages import listed
from tests.apply.clients import Clients

MISSING = {
    "ec2:DescribeAccountAttributes",
    "ec2:DescribeRegions",
    "ec2:DisassociateAddress",
    "ec2:GetSecurityGroupsForVpc",
}
"""Actions that were granted nowhere."""
SCOPED = {
    # An operation is asked for by its id: the reference has no resource for it that AWS looks at.
    "servicediscovery:GetOperation": "arn:aws:servicediscovery:*:*:namespace/*",
    "cloudwatch:PutCompositeAlarm": "arn:aws:cloudwatch:*:*:alarm:notifications-*",
}
"""Actions that were granted on something narrower than what AWS decides about."""


def copied(aws: Clients, arn: str) -> str:
    """Make a copy of a role with the faults; returns its ARN.

    Args:
        aws: The administrator's clients.
        arn: The role's.
    """
    iam, name = aws("iam"), arn.rpartition("/")[2]
    faulty = f"{name}-as-it-was"
    trust = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
    copy = iam.create_role(RoleName=faulty, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    for attached in listed(iam, "list_attached_role_policies", "AttachedPolicies", RoleName=name):
        policy = iam.get_policy(PolicyArn=attached["PolicyArn"])["Policy"]
        version = iam.get_policy_version(PolicyArn=policy["Arn"], VersionId=policy["DefaultVersionId"])
        _put(iam, faulty, attached["PolicyName"], version["PolicyVersion"]["Document"])
    for inline in listed(iam, "list_role_policies", "PolicyNames", RoleName=name):
        _put(iam, faulty, inline, iam.get_role_policy(RoleName=name, PolicyName=inline)["PolicyDocument"])
    return str(copy)


def _put(iam: Any, role: str, policy: str, document: Mapping[str, Any]) -> None:
    statements = [_faulty(one) for one in document["Statement"]]
    text = json.dumps({**document, "Statement": [one for one in statements if one["Action"]]})
    iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=text)


def _faulty(statement: Mapping[str, Any]) -> dict[str, Any]:
    """A statement with the faults; without actions if all of them were missing."""
    actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
    narrower = {SCOPED[action] for action in actions if action in SCOPED}
    return {
        **statement,
        "Action": [action for action in actions if action not in MISSING],
        **({"Resource": sorted(narrower)} if narrower else {}),
    }
