"""Rights that programs of this repository need beside Terraform, by the role that runs them."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from stage.authorization.reference import has_no_type, types
from tests.plan.aws_calls import Call, calls_of, methods, needs_a_name, program
from tests.plan.resource_arns import arns_of_type
from tests.plan.service_authorization import UNUSED
from tests.plan.view import Plan

CALLERS: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("callers.yaml").read_text())
"""What the code does not tell."""
KINDS = tuple(CALLERS["programs"])
"""Kinds of role that run programs: "plan", "deploy" and "load"."""


@dataclass(frozen=True, order=True)
class Need:
    """A right that a call takes.

    Attributes:
        action: Such as "s3:ListAllMyBuckets".
        call: Where it is made, and by which method.
    """

    action: str
    call: Call

    @property
    def names_a_resource(self) -> bool:
        """Whether the call has to say what it is about, or says it although it need not."""
        service, operation = self.call.services[0], _operation(self.call)
        return self.action in CALLERS["named"] or needs_a_name(service, operation) or has_no_type(self.action)


@cache
def needs(kind: str) -> tuple[Need, ...]:
    """Rights that a kind of role needs for its programs, each with every call that takes it."""
    return tuple(
        Need(action, call)
        for call in calls_by(kind)
        if asked(call) not in CALLERS["not_made"].get(kind, ())
        for action in CALLERS["takes"].get(asked(call), {"actions": [asked(call)]})["actions"]
    )


def needed(kind: str) -> set[str]:
    """Actions that a kind of role needs for its programs."""
    return {need.action for need in needs(kind)}


@cache
def calls_by(kind: str) -> tuple[Call, ...]:
    """Calls of AWS in the programs that a kind of role runs."""
    return tuple(call for begin in CALLERS["programs"][kind] for call in calls_of(program(begin)))


def asked(call: Call) -> str:
    """What a call asks for, by IAM's name of the service: "s3:ListBuckets"."""
    service = call.services[0]
    prefix = CALLERS["prefixes"].get(service, {"prefix": service})["prefix"]
    return f"{prefix}:{_operation(call)}"


def resources(kind: str, action: str, plan: Plan) -> AbstractSet[str]:
    """ARNs that a right has to reach.

    Args:
        kind: Of the role.
        action: One that it needs.
        plan: The system's.
    """
    if has_no_type(action):
        return {"*"}
    if action in CALLERS["unnamed"]:
        return {CALLERS["unnamed"][action]["resource"]}
    if action in CALLERS["elsewhere"]:
        return set(CALLERS["elsewhere"][action])
    patterns = CALLERS["about"].get(kind, {}).get(action, ["*"])
    return {arn for arn in everything(action, plan) if any(fnmatchcase(arn, pattern) for pattern in patterns)}


def everything(action: str, plan: Plan) -> AbstractSet[str]:
    """ARNs of all that the system has of the types that an action is about."""
    service = action.partition(":")[0]
    used = set(types(action)) - set(UNUSED.get(service, ()))
    return {arn for kind in used for arn in arns_of_type(plan, f"{service}:{kind}")}


def _operation(call: Call) -> str:
    return methods(call.services[0])[call.method]
