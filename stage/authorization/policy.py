"""Policy documents, read once and kept.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any

from stage.authorization.condition import Condition, parse_condition
from stage.authorization.errors import PolicyError, UnknownElementError
from stage.authorization.key_check import check_keys
from stage.authorization.matching import Actions, Resources, parse_actions, parse_resources
from stage.authorization.principals import Principals, parse_principals

_OLD_VERSION = "2008-10-17"
_VERSIONS = (_OLD_VERSION, "2012-10-17")
_ELEMENTS = ("Version", "Id", "Statement")
_SID_OF_IAM = re.compile(r"[A-Za-z0-9]*")
# A stage has some hundred policies, each evaluated for many kinds of calls.
_KEPT = 4096


class Kind(Enum):
    """Kinds of policies, in the words of AWS's messages.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
    """

    IDENTITY = "identity-based policy"
    BOUNDARY = "permissions boundary"
    SESSION = "session policy"
    RESOURCE = "resource-based policy"
    TRUST = "role trust policy"
    ENDPOINT = "VPC endpoint policy"

    @property
    def names_principals(self) -> bool:
        """Whether its statements say for whom they are."""
        return self in (Kind.RESOURCE, Kind.TRUST, Kind.ENDPOINT)


class Effect(Enum):
    """A statement's effect."""

    ALLOW = "Allow"
    DENY = "Deny"


@dataclass(frozen=True, eq=False)
class Statement:
    """A statement of a policy.

    Attributes:
        sid: Its id; "" if it has none.
        effect: On what it is about.
        principals: For whom it is; None where the policy hangs on them.
        actions: That it is about.
        resources: That it is about; None for all that the policy hangs on.
        condition: Under which it counts.
    """

    sid: str
    effect: Effect
    principals: Principals | None
    actions: Actions
    resources: Resources | None
    condition: Condition


@dataclass(frozen=True, eq=False)
class Policy:
    """A policy document.

    Attributes:
        kind: Where it hangs.
        name: In messages; "" if it has none.
        statements: In its order.
    """

    kind: Kind
    name: str
    statements: tuple[Statement, ...]

    def about(self, effect: Effect, action: str) -> tuple[Statement, ...]:
        """Statements of an effect that are about an action, such as "sqs:SendMessage"."""
        return _about(self, effect, action)


@lru_cache(maxsize=16 * _KEPT)
def _about(policy: Policy, effect: Effect, action: str) -> tuple[Statement, ...]:
    return tuple(one for one in policy.statements if one.effect is effect and one.actions.concern(action))


def parse(document: str | Mapping[str, Any], kind: Kind, name: str = "") -> Policy:
    """A policy, the same object for the same text.

    Args:
        document: As JSON, or as read from it.
        kind: Where it hangs.
        name: In messages.

    Raises:
        PolicyError: AWS would refuse it, or nobody knows what it would do: one of its subclasses, where that
            is about something that AWS does not have.
    """
    return _parse(document if isinstance(document, str) else json.dumps(document), kind, name)


@lru_cache(maxsize=_KEPT)
def _parse(text: str, kind: Kind, name: str) -> Policy:
    try:
        document = json.loads(text, object_pairs_hook=_without_repeats)
    except json.JSONDecodeError as error:
        raise PolicyError(f"a policy is JSON, and this is none: {error}") from None
    if not isinstance(document, dict):
        raise PolicyError("a policy is an object of JSON")
    _refuse_others(document, _ELEMENTS)
    version = document.get("Version", _OLD_VERSION)
    if version not in _VERSIONS:
        raise UnknownElementError(f"AWS has no policies of version {version}")
    statements = tuple(_statements(document.get("Statement"), kind, version))
    if not kind.names_principals:
        _check_sids([one.sid for one in statements])
    return Policy(kind, name, statements)


def _statements(element: object, kind: Kind, version: str) -> Iterator[Statement]:
    found: list[Any] = element if isinstance(element, list) else [element]
    if not found or not all(isinstance(one, dict) for one in found):
        raise PolicyError("a policy has one statement or more")
    for one in found:
        try:
            yield _statement(one, kind, version)
        except PolicyError as error:
            sid = one.get("Sid")
            raise type(error)(f"statement {sid}: {error}" if sid else str(error)) from None


def _statement(element: dict[str, Any], kind: Kind, version: str) -> Statement:
    _refuse_others(element, _ELEMENTS_OF[kind])
    effect = element.get("Effect")
    if effect not in ("Allow", "Deny"):
        raise UnknownElementError(f"a statement's effect is Allow or Deny, not {effect}")
    actions = _one_of(element, "Action", "NotAction")
    principals = _one_of(element, "Principal", "NotPrincipal") if kind.names_principals else None
    resources = None
    if "Resource" in element or "NotResource" in element or kind not in _ABOUT_THEIR_RESOURCE:
        resources = _one_of(element, "Resource", "NotResource")
    found = Statement(
        str(element.get("Sid", "")),
        Effect(effect),
        parse_principals(principals[0], excluded=principals[1]) if principals else None,
        parse_actions(actions[0], excluded=actions[1]),
        parse_resources(resources[0], version, excluded=resources[1]) if resources else None,
        parse_condition(element.get("Condition", {}), version),
    )
    check_keys(found.actions, found.resources, found.condition)
    return found


_COMMON = ("Sid", "Effect", "Action", "NotAction", "Condition")
_RESOURCES = ("Resource", "NotResource")
_PRINCIPALS = ("Principal", "NotPrincipal")
_ELEMENTS_OF: Mapping[Kind, tuple[str, ...]] = {
    Kind.IDENTITY: (*_COMMON, *_RESOURCES),
    Kind.BOUNDARY: (*_COMMON, *_RESOURCES),
    Kind.SESSION: (*_COMMON, *_RESOURCES),
    Kind.RESOURCE: (*_COMMON, *_RESOURCES, *_PRINCIPALS),
    Kind.ENDPOINT: (*_COMMON, *_RESOURCES, *_PRINCIPALS),
    Kind.TRUST: (*_COMMON, *_PRINCIPALS),
}
# Without a Resource element they are about what they hang on: a role's trust, an ECR repository's policy.
_ABOUT_THEIR_RESOURCE = (Kind.TRUST, Kind.RESOURCE)


def _one_of(element: Mapping[str, Any], name: str, excluding: str) -> tuple[Any, bool]:
    """The value of one of two elements, and whether it is the second."""
    if (name in element) == (excluding in element):
        raise PolicyError(f"a statement has either {name} or {excluding}")
    return (element[name], False) if name in element else (element[excluding], True)


def _refuse_others(element: Mapping[str, Any], known: Sequence[str]) -> None:
    for name in element:
        if name not in known:
            raise UnknownElementError(f"there is no element {name} here: AWS has {', '.join(known)}")


def _check_sids(sids: Sequence[str]) -> None:
    """IAM's own rules; the other services take any text."""
    named = [sid for sid in sids if sid]
    for sid in named:
        if not _SID_OF_IAM.fullmatch(sid):
            raise PolicyError(f"IAM takes letters and digits in a statement's id, unlike {sid}")
        if named.count(sid) > 1:
            raise PolicyError(f"two statements have the id {sid}")


def _without_repeats(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise PolicyError(f"an element stands there twice: {next(n for n in names if names.count(n) > 1)}")
    return found
