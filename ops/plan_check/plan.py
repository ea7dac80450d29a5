"""Terraform plans as `terraform show -json` prints them.

https://developer.hashicorp.com/terraform/internals/json-format#plan-representation
"""

import json
import sys
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ValidationError

from ops.errors import OpsError, UsageError
from ops.plan_check.change import Change
from ops.plan_check.values import known

STANDARD_INPUT = "-"
# Minor versions only add; whoever meets another major version is to reject it.
_MAJOR = "1"
_PRINT_IT = "print it with: terraform show -json PLAN"

_ACTIONS = frozenset(
    {
        ("no-op",),
        ("create",),
        ("update",),
        ("delete",),
        ("forget",),
        ("delete", "create"),
        ("create", "delete"),
        ("create", "forget"),
        ("forget", "create"),
    }
)


class _ChangeJson(BaseModel):
    actions: tuple[str, ...]
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    after_unknown: Any = None
    before_sensitive: Any = None
    after_sensitive: Any = None
    replace_paths: list[list[str | int]] | None = None
    importing: dict[str, Any] | None = None


class _ResourceChangeJson(BaseModel):
    address: str
    type: str
    mode: Literal["managed", "data"] = "managed"
    previous_address: str | None = None
    deposed: str | None = None
    action_reason: str | None = None
    change: _ChangeJson


class _PlanJson(BaseModel):
    format_version: str
    errored: bool = False
    complete: bool = True
    planned_values: dict[str, Any] | None = None
    resource_changes: list[_ResourceChangeJson] | None = None
    deferred_changes: list[Any] | None = None


def read_plan(source: str) -> list[Change]:
    """Changes of managed resources in a plan, also of those that stay as they are.

    Args:
        source: Path of a file, "-" for the standard input.

    Raises:
        UsageError: The file cannot be read.
        OpsError: It is no plan, a plan of an unknown format, or one that Terraform has not finished.
    """
    try:
        text = sys.stdin.read() if source == STANDARD_INPUT else Path(source).read_text("utf-8")
    except OSError as error:
        raise UsageError(f"{source} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise OpsError(f"{_named(source)} is no JSON: {_PRINT_IT}") from None
    return changes_of(text, _named(source))


def changes_of(text: str, name: str) -> list[Change]:
    """Changes of managed resources in a plan's JSON.

    Args:
        text: The JSON.
        name: Word for it in errors.

    Raises:
        OpsError: As `read_plan`.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise OpsError(f"{name} is no JSON: {_PRINT_IT}") from None
    return changes_in(document, name)


def changes_in(document: Any, name: str) -> list[Change]:
    """Changes of managed resources in a plan that is read already.

    Args:
        document: What its JSON holds.
        name: Word for it in errors.

    Raises:
        OpsError: It is no plan, a plan of an unknown format, or one that Terraform has not finished.
    """
    version = document.get("format_version") if isinstance(document, dict) else None
    if not isinstance(version, str):
        raise OpsError(f"{name} is no plan of Terraform: {_PRINT_IT}")
    if version.partition(".")[0] != _MAJOR:
        raise OpsError(f"{name} has format version {version!r:.40}, of which only {_MAJOR}.x is known here")
    try:
        plan = _PlanJson.model_validate(document)
    except ValidationError as error:
        # The message says what is wrong with a value, and not the value, which may be a secret.
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise OpsError(f"{name} is no plan that can be read: {where}: {first['msg']}") from None
    if plan.planned_values is None and plan.resource_changes is None:
        raise OpsError(f"{name} is no plan, maybe a state: {_PRINT_IT}")
    if plan.errored:
        raise OpsError(f"{name} is a plan that ended with an error: have terraform plan succeed first")
    if not plan.complete or plan.deferred_changes:
        raise OpsError(f"{name} is not the whole plan: plan without -target, and without deferred changes")
    return [_change(one, name) for one in plan.resource_changes or () if one.mode == "managed"]


def _change(given: _ResourceChangeJson, name: str) -> Change:
    change = given.change
    if change.actions not in _ACTIONS:
        raise OpsError(f"{name} has actions of {given.address} that are not known here: {change.actions}")
    if change.actions == ("update",) and (change.before is None or change.after is None):
        raise OpsError(f"{name} does not say what becomes of {given.address}")
    return Change(
        address=given.address,
        type=given.type,
        actions=change.actions,
        before=change.before or {},
        after=known(change.after, change.after_unknown) or {},
        before_sensitive=change.before_sensitive,
        after_sensitive=change.after_sensitive,
        replace_paths=change.replace_paths or (),
        reason=given.action_reason or "",
        previous_address=given.previous_address or "",
        imported=change.importing is not None,
        deposed=given.deposed is not None,
    )


def _named(source: str) -> str:
    return "the standard input" if source == STANDARD_INPUT else source
