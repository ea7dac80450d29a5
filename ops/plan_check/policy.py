"""IAM policies, read so that two of them can be compared.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product
from typing import Any

EVERYONE = "*"

_ROOT = re.compile(r"AWS:arn:[^:]+:iam::(\d{12}):root")
_ACCOUNT = re.compile(r"AWS:(\d{12})")
_OF_ACCOUNT = re.compile(r"AWS:arn:[^:]+:(?:iam|sts)::(\d{12}):.+")


@dataclass(frozen=True)
class Names:
    """Actions, resources or principals of a statement: those that are named, or all but those.

    Attributes:
        values: The names, patterns among them.
        others: Whether everything but these is meant, as by `NotAction`.
        any_case: Whether capital letters make no difference, as in actions.
    """

    values: frozenset[str]
    others: bool = False
    any_case: bool = False

    def __str__(self) -> str:
        """The names as a person reads them."""
        told = ", ".join(sorted(self.values))
        return f"everything but {told}" if self.others else told

    def parts(self) -> Iterator["Names"]:
        """One for each name; what means all others stays whole."""
        if self.others:
            yield self
        else:
            yield from (replace(self, values=frozenset({one})) for one in sorted(self.values))

    def cover(self, part: "Names") -> bool:
        """Whether everything that a part means is meant here; False where it cannot be told."""
        mine, theirs = _compared(self), _compared(part)
        if self.others and part.others:
            return all(any(_covers(their, my) for their in theirs) for my in mine)
        if self.others:
            return not any(_overlap(my, their) for my in mine for their in theirs)
        if part.others:
            return EVERYONE in mine
        return all(any(_covers(my, their) for my in mine) for their in theirs)


@dataclass(frozen=True)
class Condition:
    """A condition: all of a statement's have to hold.

    Attributes:
        operator: Such as "stringequals", in lower case.
        key: Such as "aws:sourcearn", in lower case.
        values: Those of which one has to fit, or none by a negative operator.
    """

    operator: str
    key: str
    values: frozenset[str]


@dataclass(frozen=True)
class Statement:
    """A statement of a policy.

    Attributes:
        allows: Whether it allows; else it denies.
        principals: Who it is about, as "AWS:arn" or "Service:name"; of no name in an identity's own policy.
        actions: Actions, such as "sqs:SendMessage".
        resources: ARNs.
        conditions: Under which it holds.
    """

    allows: bool
    principals: Names
    actions: Names
    resources: Names
    conditions: frozenset[Condition]

    def parts(self) -> Iterator["Statement"]:
        """One for each principal, action and resource."""
        for who, action, resource in product(
            self.principals.parts(), self.actions.parts(), self.resources.parts()
        ):
            yield Statement(self.allows, who, action, resource, self.conditions)


def read_policy(text: Any) -> list[Statement] | None:
    """Statements of a policy; None if a value is none.

    Args:
        text: A value of a resource: a policy is a JSON document with statements.
    """
    if not isinstance(text, str) or '"Statement"' not in text:
        return None
    try:
        document = json.loads(text)
        statements = document["Statement"]
        return [_statement(one) for one in ([statements] if isinstance(statements, Mapping) else statements)]
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _statement(given: Mapping[str, Any]) -> Statement:
    return Statement(
        allows=given["Effect"] == "Allow",
        principals=_names(given, "Principal", _principals),
        actions=replace(_names(given, "Action", _texts), any_case=True),
        resources=_names(given, "Resource", _texts),
        conditions=frozenset(
            Condition(operator.lower(), key.lower(), _texts(values))
            for operator, keys in (given.get("Condition") or {}).items()
            for key, values in keys.items()
        ),
    )


def _names(given: Mapping[str, Any], element: str, read: Any) -> Names:
    if f"Not{element}" in given:
        return Names(read(given[f"Not{element}"]), others=True)
    # A policy of an identity has no principal, one of a role's trust no resource.
    return Names(read(given[element]) if element in given else frozenset({""}))


def _principals(given: Any) -> frozenset[str]:
    if not isinstance(given, Mapping):
        return frozenset({EVERYONE})
    named = (f"{kind}:{one}" for kind, values in given.items() for one in _texts(values))
    return frozenset(EVERYONE if one == "AWS:*" else _root(one) for one in named)


def _root(principal: str) -> str:
    """An account in the one of its forms that all are given."""
    found = _ROOT.fullmatch(principal) or _ACCOUNT.fullmatch(principal)
    return f"account {found[1]}" if found else principal


def _texts(value: Any) -> frozenset[str]:
    values = value if isinstance(value, list) else [value]
    return frozenset(str(one).lower() if isinstance(one, bool) else str(one) for one in values)


def _compared(names: Names) -> frozenset[str]:
    """Names as they are compared."""
    return frozenset(one.lower() for one in names.values) if names.any_case else names.values


def _covers(pattern: str, other: str) -> bool:
    """Whether all that the other pattern matches is matched by this one; False where it cannot be told."""
    account = _OF_ACCOUNT.fullmatch(other)
    if account and pattern == f"account {account[1]}":
        return True
    return matches(pattern, other)


def matches(pattern: str, text: str) -> bool:
    """Whether a pattern of IAM's matches; of a text that is a pattern itself, all that it matches."""
    return _compiled(pattern).fullmatch(text) is not None


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    # A star of the text is a character as any other, for which only a star of the pattern stands.
    parts = (".*" if one == "*" else "[^*]" if one == "?" else re.escape(one) for one in pattern)
    return re.compile("".join(parts), re.DOTALL)


def _overlap(one: str, other: str) -> bool:
    """Whether anything is matched by both patterns."""
    reached = {(0, 0)}
    open_ = [(0, 0)]
    while open_:
        left, right = open_.pop()
        a, b = one[left : left + 1], other[right : right + 1]
        if not a and not b:
            return True
        steps = set()
        if a == "*":
            steps |= {(left + 1, right)} | ({(left, right + 1)} if b else set())
        if b == "*":
            steps |= {(left, right + 1)} | ({(left + 1, right)} if a else set())
        if a and b and (a == b or "?" in (a, b)):
            steps.add((left + 1, right + 1))
        open_ += steps - reached
        reached |= steps
    return False
