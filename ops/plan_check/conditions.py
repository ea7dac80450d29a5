"""Whether one statement's conditions are at least as narrow as another's.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

import ipaddress
from collections.abc import Iterable

from ops.plan_check.policy import Condition, matches

_IF_EXISTS = "ifexists"
# Operators that compare alike, or of which the second takes all that the first takes.
_AS_NARROW = {
    ("stringequals", "stringlike"),
    ("stringequals", "stringequalsignorecase"),
    ("stringnotlike", "stringnotequals"),
    ("arnequals", "arnlike"),
    ("arnlike", "arnequals"),
    ("arnnotequals", "arnnotlike"),
    ("arnnotlike", "arnnotequals"),
}
_PATTERNS = frozenset({"stringlike", "stringnotlike", "arnlike", "arnequals", "arnnotlike", "arnnotequals"})
_LESS = frozenset({"numericlessthan", "numericlessthanequals", "datelessthan", "datelessthanequals"})
_GREATER = frozenset(
    {"numericgreaterthan", "numericgreaterthanequals", "dategreaterthan", "dategreaterthanequals"}
)


def as_narrow(ours: Iterable[Condition], theirs: Iterable[Condition]) -> bool:
    """Whether every request that meets our conditions meets theirs; False where it cannot be told."""
    ours = tuple(ours)
    return all(any(_implies(one, other) for one in ours) for other in theirs)


def _implies(one: Condition, other: Condition) -> bool:
    mine, also_without_mine = _operator(one)
    operator, also_without = _operator(other)
    comparable = mine == operator or (mine, operator) in _AS_NARROW
    if one.key != other.key or not comparable or (also_without_mine and not also_without):
        return False
    if "not" in operator:
        # What the other leaves out has to be left out here, too.
        return all(any(_fits(mine, left_out, value) for left_out in one.values) for value in other.values)
    return all(any(_fits(operator, limit, value) for limit in other.values) for value in one.values)


def _operator(condition: Condition) -> tuple[str, bool]:
    """The operator alone, and whether it also holds for requests that lack the key."""
    return condition.operator.removesuffix(_IF_EXISTS), condition.operator.endswith(_IF_EXISTS)


def _fits(operator: str, limit: str, value: str) -> bool:
    """Whether all that a value stands for is within a limit."""
    if limit == value:
        return True
    if operator in _PATTERNS:
        return matches(limit, value)
    if operator == "stringequalsignorecase":
        return limit.lower() == value.lower()
    if operator in ("ipaddress", "notipaddress"):
        return _within(limit, value)
    if operator in _LESS:
        return _number(value) <= _number(limit)
    return operator in _GREATER and _number(value) >= _number(limit)


def _within(limit: str, value: str) -> bool:
    try:
        network, other = ipaddress.ip_network(limit, strict=False), ipaddress.ip_network(value, strict=False)
    except ValueError:
        return False
    if isinstance(network, ipaddress.IPv4Network) and isinstance(other, ipaddress.IPv4Network):
        return other.subnet_of(network)
    if isinstance(network, ipaddress.IPv6Network) and isinstance(other, ipaddress.IPv6Network):
        return other.subnet_of(network)
    return False


def _number(text: str) -> float:
    """A number to compare; of what is none, such as a date, one that is neither larger nor smaller."""
    try:
        return float(text)
    except ValueError:
        return float("nan")
