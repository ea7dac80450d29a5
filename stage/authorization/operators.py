"""AWS's condition operators: how a value of a request is compared with one of a policy.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

import operator
import re
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from ipaddress import ip_address, ip_network
from types import MappingProxyType
from typing import Any

from stage.authorization.variables import WITHIN_A_SEGMENT, Context, Template

Matcher = Callable[[str], object]
"""Whether a value of a request matches: anything but None and False if it does."""
Compare = Callable[[Any, Any], bool]

# Segments of an ARN; the last may have colons of its own.
_SEGMENTS = 6


@dataclass(frozen=True)
class Operator:
    """An operator without its prefix and suffix.

    Attributes:
        name: Such as "StringNotLike".
        matcher: From a value of a policy, and the request's context for its variables, to what matches it.
            Raises ValueError for a value that the operator cannot compare with.
        negated: Whether it holds where no value of the policy matches.
        takes_variables: Whether variables are filled in; they are text otherwise.
    """

    name: str
    matcher: Callable[[Template, Context], Matcher]
    negated: bool = False
    takes_variables: bool = False


def _equal(template: Template, context: Context) -> Matcher:
    text = template.text(context)
    return lambda value: value == text


def _equal_ignoring_case(template: Template, context: Context) -> Matcher:
    text = template.text(context).casefold()
    return lambda value: value.casefold() == text


def _like(template: Template, context: Context) -> Matcher:
    return re.compile(template.expression(context), re.DOTALL).fullmatch


def _arn(template: Template, context: Context) -> Matcher:
    """Segment by segment: an asterisk ends at the next colon, but in the last segment."""
    if template.parts == ("*",):
        return lambda _: True
    *segments, last = template.split(":", _SEGMENTS - 1)
    if len(segments) != _SEGMENTS - 1:
        raise ValueError("it is no ARN")
    expressions = [one.expression(context, WITHIN_A_SEGMENT) for one in segments]
    return re.compile(":".join([*expressions, last.expression(context)]), re.DOTALL).fullmatch


def _boolean(template: Template, context: Context) -> Matcher:
    text = template.text(context).lower()
    if not template.variables and text not in ("true", "false"):
        raise ValueError("it is neither true nor false")
    return lambda value: value.lower() == text


def _binary(template: Template, context: Context) -> Matcher:
    wanted = b64decode(template.text(context), validate=True)
    return lambda value: _attempt(lambda: b64decode(value, validate=True) == wanted)


def _address(template: Template, context: Context) -> Matcher:
    network = ip_network(template.text(context), strict=False)
    return lambda value: _attempt(lambda: ip_address(value) in network)


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError("it is no number") from None


def _moment(text: str) -> datetime:
    """A time in ISO 8601, in UTC where it names no zone, or in seconds since 1970."""
    if re.fullmatch(r"\d+(\.\d+)?", text) and not re.fullmatch(r"\d{4}", text):
        return datetime.fromtimestamp(float(text), UTC)
    # W3C's profile of the format has months and years alone.
    found = datetime.fromisoformat({4: f"{text}-01-01", 7: f"{text}-01"}.get(len(text), text))
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _ordered(read: Callable[[str], Any], compare: Compare) -> Callable[[Template, Context], Matcher]:
    """A comparison of numbers or times; what is none matches nothing."""

    def matcher(template: Template, context: Context) -> Matcher:
        wanted = read(template.text(context))
        return lambda value: _attempt(lambda: compare(read(value), wanted))

    return matcher


def _attempt(compare: Callable[[], bool]) -> bool:
    try:
        return compare()
    except ValueError:
        return False


def _all() -> Mapping[str, Operator]:
    found = [
        Operator("Bool", _boolean, takes_variables=True),
        Operator("BinaryEquals", _binary),
        Operator("IpAddress", _address),
        Operator("NotIpAddress", _address, negated=True),
    ]
    texts = {"Equals": _equal, "EqualsIgnoreCase": _equal_ignoring_case, "Like": _like}
    arns = {"Equals": _arn, "Like": _arn}
    for kind, matchers in {"String": texts, "Arn": arns}.items():
        for name, matcher in matchers.items():
            found += [
                Operator(f"{kind}{name}", matcher, takes_variables=True),
                Operator(f"{kind}Not{name}", matcher, negated=True, takes_variables=True),
            ]
    orders: Mapping[str, Compare] = {
        "Equals": operator.eq,
        "LessThan": operator.lt,
        "LessThanEquals": operator.le,
        "GreaterThan": operator.gt,
        "GreaterThanEquals": operator.ge,
    }
    for kind, read in {"Numeric": _number, "Date": _moment}.items():
        found += [Operator(f"{kind}{name}", _ordered(read, compare)) for name, compare in orders.items()]
        found.append(Operator(f"{kind}NotEquals", _ordered(read, operator.eq), negated=True))
    return MappingProxyType({one.name: one for one in found})


OPERATORS: Mapping[str, Operator] = _all()
"""Every operator but `Null` by its name."""
