"""Every policy document of a plan, by where it hangs."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from stage.authorization.policy import Kind
from tests.plan.view import Plan

_PARTS = {
    ("aws_ecr_repository_policy", "policy"): Kind.RESOURCE,
    ("aws_iam_policy", "policy"): Kind.IDENTITY,
    ("aws_iam_role", "assume_role_policy"): Kind.TRUST,
    ("aws_iam_role_policy", "policy"): Kind.IDENTITY,
    ("aws_kms_key", "policy"): Kind.RESOURCE,
    ("aws_s3_bucket_policy", "policy"): Kind.RESOURCE,
    ("aws_secretsmanager_secret_policy", "policy"): Kind.RESOURCE,
    ("aws_sns_topic", "policy"): Kind.RESOURCE,
    ("aws_sqs_queue", "policy"): Kind.RESOURCE,
    ("aws_vpc_endpoint", "policy"): Kind.ENDPOINT,
}


@dataclass(frozen=True)
class Planned:
    """A policy as it is planned.

    Attributes:
        address: Of the resource that has it.
        kind: How AWS reads it.
        text: As JSON.
    """

    address: str
    kind: Kind
    text: str


def planned_policies(plan: Plan) -> list[Planned]:
    """Policies of a plan that are known before an apply."""
    return list(chain.from_iterable(_of_type(plan, *place) for place in _PARTS))


def unlisted(plan: Plan) -> set[tuple[str, str]]:
    """Types of resource of a plan, with an argument that is a policy, that are not looked at."""
    found = {
        (change["type"], argument)
        for change in plan.changes
        for argument, value in (change["change"]["after"] or {}).items()
        if isinstance(value, str) and '"Statement"' in value
    }
    return found - _PARTS.keys()


def _of_type(plan: Plan, kind: str, argument: str) -> Iterator[Planned]:
    for address, values in plan.all(kind).items():
        if values.get(argument):
            yield Planned(address, _PARTS[kind, argument], values[argument])
