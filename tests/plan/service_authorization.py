"""AWS's Service Authorization Reference, offline, and policy statements held against it.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html

A statement allows a call for a type of resource if one of its ARNs can be of that type and AWS knows each of
its condition keys for it. An action without resource types is allowed by `*` alone.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from stage.authorization.condition_keys import GLOBAL, is_among
from stage.authorization.reference import (
    EVERYTHING,
    PLACEHOLDER,
    SHORT,
    action,
    arn_form,
    filled_in,
    types,
)
from tests.plan.account import ACCOUNT_ID
from tests.plan.arn_patterns import overlap

UNUSED: Mapping[str, Iterable[str]] = yaml.safe_load(
    Path(__file__).with_name("unused_types.yaml").read_text()
)
"""Types of resource that calls of the system are never about, by service."""

# Actions that give, take or tell tags.
_ABOUT_TAGS = re.compile(r":\w*[Tt]ag")
_HERE = {"Partition": "aws", "Region": "eu-central-1", "Account": ACCOUNT_ID}

Statement = Mapping[str, Any]


def allowed(statement: Statement, name: str) -> set[str]:
    """Types of resource that a statement allows an action for; empty if it has no effect on the action."""
    found = action(name)
    if found is None:
        return set()
    used = _condition_keys(statement)
    return {
        kind
        for kind, known in found.keys.items()
        if any(_is_of(name, kind, arn) for arn in statement["Resource"]) and not _unknown(used, known)
    }


def faults(statements: Mapping[str, Statement]) -> Iterator[str]:
    """What in statements has no effect, in a sentence each.

    Args:
        statements: Of one role, by their ids.
    """
    for sid, statement in statements.items():
        for name in statement["Action"]:
            yield from (f"{sid}: {fault}" for fault in _of_action(statement, name))
        for arn in statement["Resource"]:
            if not any(_is_of(name, kind, arn) for name in statement["Action"] for kind in types(name)):
                yield f"{sid}: no action of it is about {arn}"


def unknown(statements: Mapping[str, Statement]) -> Iterator[str]:
    """Actions and condition keys of statements that AWS does not know, in a sentence each.

    What denies may name more resources than its actions are about, or all but some.
    """
    for sid, statement in statements.items():
        about = {**statement, "Resource": ["*"]}
        yield from (f"{sid}: {fault}" for name in statement["Action"] for fault in _of_action(about, name))


def uncovered(statements: Mapping[str, Statement], unused: Mapping[str, Iterable[str]]) -> Iterator[str]:
    """Types of resource that calls may be about, and that no statement allows, in a sentence each.

    Tags are given to and read of whatever there is, so there only the types that every call is about count.

    Args:
        statements: Of one role, by their ids.
        unused: Types that the system has none of, by service.
    """
    for name in sorted(_names(statements)):
        found = action(name)
        if found is None:
            continue
        covered = {kind for one in _having(statements, name) for kind in allowed(one, name)}
        # Of kinds of load balancers the reference calls each required, and means one of them.
        wanted = found.required if _ABOUT_TAGS.search(name) else set(found.keys)
        none = set(unused.get(name.partition(":")[0], ()))
        for kind in sorted(wanted - none - covered):
            yield f"{name} is not allowed for {kind or 'everything'}"


def dependents(statements: Mapping[str, Statement]) -> Iterator[str]:
    """Actions that others need and that no statement allows, in a sentence each.

    Args:
        statements: Of one role, by their ids.
    """
    granted = _names(statements)
    for name in sorted(granted):
        found = action(name)
        for needed in sorted((found.dependent if found else set()) - granted):
            yield f"{name} may need {needed}"


def beyond(statements: Mapping[str, Statement], asked: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """What AWS asks for beyond its reference and statements lack, in a sentence each.

    Args:
        statements: Of one role, by their ids.
        asked: By action: `resources` that it is authorized on, `under` which condition keys at most, actions
            that it needs `also`, and whether it must be allowed `without_tags`, because a tag does not count
            yet.
    """
    granted = _names(statements)
    for name in sorted(granted & asked.keys()):
        having, demands = _having(statements, name), asked[name]
        for form in demands.get("resources", ()):
            arn, under = filled_in(form, _HERE), set(demands.get("under", ()))
            if not any(arn in one["Resource"] and _condition_keys(one) <= under for one in having):
                yield f"{name} must be allowed on {arn}"
        for needed in sorted(set(demands.get("also", ())) - granted):
            yield f"{name} also needs {needed}"
        if demands.get("without_tags"):
            free = {kind for one in having if not hangs_on_tags(one) for kind in allowed(one, name)}
            yield from (f"{name} hangs on tags of a {kind}" for kind in sorted(set(types(name)) - free))


def hangs_on_tags(statement: Statement) -> bool:
    """Whether a statement asks for tags of a resource."""
    return any("ResourceTag/" in key or key == "kms:ResourceAliases" for key in _condition_keys(statement))


def _of_action(statement: Statement, name: str) -> Iterator[str]:
    found = action(name)
    if found is None:
        yield f"AWS knows no {name}"
        return
    matched = [kind for kind in found.keys if any(_is_of(name, kind, arn) for arn in statement["Resource"])]
    if not matched:
        kinds = ", ".join(sorted(found.keys)) or "* alone, for it has no type of resource"
        yield f"{name} is about {kinds}"
    elif not allowed(statement, name):
        keys = set.intersection(*(_unknown(_condition_keys(statement), found.keys[kind]) for kind in matched))
        yield f"{name} knows no condition key {', '.join(sorted(keys)) or 'of these together'}"


def _is_of(name: str, kind: str, arn: str) -> bool:
    """Whether an ARN, with wildcards, can be of a type of resource."""
    if arn == "*":
        return True
    return kind != EVERYTHING and overlap(_arn_format(name.partition(":")[0], kind), arn)


@cache
def _arn_format(service: str, kind: str) -> str:
    """A type's ARN as a pattern for `overlap`."""
    return PLACEHOLDER.sub(lambda found: "~" if found[1] in SHORT else "*", arn_form(service, kind))


def _condition_keys(statement: Statement) -> set[str]:
    return {key for condition in statement.get("Condition", {}).values() for key in condition}


def _unknown(used: set[str], known: frozenset[str]) -> set[str]:
    """Those of the keys in use that are not known, whatever stands behind a slash."""
    return {key for key in used if not is_among(key, known) and not is_among(key, GLOBAL)}


def _names(statements: Mapping[str, Statement]) -> set[str]:
    return {name for one in statements.values() for name in one["Action"]}


def _having(statements: Mapping[str, Statement], name: str) -> list[Statement]:
    return [one for one in statements.values() if name in one["Action"]]
