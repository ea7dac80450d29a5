"""What the roles of terraform/bootstrap may do, read from its plan."""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from tests.plan.view import Plan

Statement = dict[str, Any]
Statements = dict[str, Statement]

PROVIDER_ACTIONS = yaml.safe_load(Path(__file__).with_name("provider_actions.yaml").read_text())
"""Actions by which Terraform reads and changes each type of resource."""

_KEY = re.compile(r'\["(.+)"\]$')


def statements(document: str) -> Statements:
    """A policy's statements by their id, single values in lists."""
    found = json.loads(document)["Statement"]
    return {one["Sid"]: {part: _listed(part, value) for part, value in one.items()} for one in found}


def policies(plan: Plan, name: str) -> dict[str, Statements]:
    """The policies `aws_iam_policy.<name>[...]` by their key."""
    return {
        key(address): statements(values["policy"])
        for address, values in plan.all("aws_iam_policy").items()
        if address.startswith(f"aws_iam_policy.{name}[")
    }


def granted(plan: Plan, environment: str) -> Statements:
    """What an environment's deploy role has beside its reads."""
    return merged(one for name, one in policies(plan, "deploy").items() if name.startswith(f"{environment}-"))


def merged(parts: Iterable[Statements]) -> Statements:
    """Statements of several policies in one; ids must not meet."""
    together: Statements = {}
    for part in parts:
        assert not part.keys() & together.keys(), "two policies have a statement of the same id"
        together |= part
    return together


def actions(found: Statements) -> set[str]:
    """Every action in statements."""
    return {action for one in found.values() for action in one["Action"]}


def key(address: str) -> str:
    """The key of a resource that is one of several."""
    match = _KEY.search(address)
    assert match, f"{address} is not one of several"
    return match[1]


def _listed(part: str, value: Any) -> Any:
    if part in ("Action", "Resource", "NotResource"):
        return sorted([value] if isinstance(value, str) else value)
    return value
