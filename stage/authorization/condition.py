"""The Condition element: operators, keys and values, held against a request's context.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from stage.authorization.errors import PolicyError, UnknownElementError, UnknownOperatorError
from stage.authorization.operators import OPERATORS, Matcher, Operator
from stage.authorization.variables import Context, Template, UnresolvedError, template

_IF_EXISTS = "IfExists"
_NULL = "Null"
_NOTHING: Context = {}


class Quantifier(Enum):
    """How many of a key's values in the request an operator has to hold for."""

    ONE = ""
    ALL = "ForAllValues"
    ANY = "ForAnyValue"


@dataclass(frozen=True)
class KeyTest:
    """One key under one operator.

    Attributes:
        key: As the policy has it.
        operator: Compares.
        quantifier: What a key with several values needs.
        if_exists: Whether it holds where the request does not have the key.
        values: Of the policy.
        matchers: Of the values that have no variables.
    """

    key: str
    operator: Operator
    quantifier: Quantifier
    if_exists: bool
    values: tuple[Template, ...]
    matchers: tuple[Matcher, ...]

    def holds(self, context: Context) -> bool:
        """Whether it holds for a request.

        Raises:
            UnresolvedError: A variable has no value, and `IfExists` does not say that it may lack one.
        """
        values = context.get(self.key.lower(), ())
        if self.quantifier is not Quantifier.ONE:
            # AWS takes an empty text for no value here.
            values = tuple(value for value in values if value)
        if not values:
            return self._holds_without_key
        matchers = self.matchers or tuple(self._filled_in(context))
        if self.quantifier is Quantifier.ALL:
            return all(self._holds_for(value, matchers) for value in values)
        if self.quantifier is Quantifier.ANY:
            return any(self._holds_for(value, matchers) for value in values)
        found = any(matches(value) for value in values for matches in matchers)
        return bool(found) != self.operator.negated

    @property
    def _holds_without_key(self) -> bool:
        if self.if_exists or self.quantifier is Quantifier.ALL:
            return True
        return self.quantifier is Quantifier.ONE and self.operator.negated

    def _holds_for(self, value: str, matchers: Sequence[Matcher]) -> bool:
        return any(bool(matches(value)) for matches in matchers) != self.operator.negated

    def _filled_in(self, context: Context) -> Iterator[Matcher]:
        for value in self.values:
            try:
                yield self.operator.matcher(value, context)
            except UnresolvedError:
                if not self.if_exists:
                    raise


@dataclass(frozen=True)
class NullTest:
    """Whether the request has a key.

    Attributes:
        key: As the policy has it.
        absent: Whether it has to be missing; both, if the policy says both.
    """

    key: str
    absent: frozenset[bool]
    quantifier: Quantifier = Quantifier.ONE
    values: tuple[Template, ...] = ()

    def holds(self, context: Context) -> bool:
        """Whether it holds for a request."""
        return (not context.get(self.key.lower(), ())) in self.absent


Condition = tuple[KeyTest | NullTest, ...]
"""All of them have to hold."""


def holds(condition: Condition, context: Context) -> bool:
    """Whether a condition holds for a request; not if a variable in it has no value.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    """
    try:
        return all(test.holds(context) for test in condition)
    except UnresolvedError:
        return False


def parse_condition(block: object, version: str) -> Condition:
    """A Condition element.

    Args:
        block: As read from JSON.
        version: Of the policy language.

    Raises:
        UnknownOperatorError: AWS has no such operator.
        PolicyError: A value is not one that its operator can compare with.
    """
    if not isinstance(block, Mapping):
        raise UnknownElementError(f"a Condition has operators by their names, not {block!r}")
    return tuple(
        _test(str(name), str(key), values, version)
        for name, keys in block.items()
        for key, values in _pairs(str(name), keys)
    )


def _pairs(name: str, keys: object) -> Sequence[tuple[Any, Any]]:
    if not isinstance(keys, Mapping):
        raise UnknownElementError(f"{name} has condition keys with their values, not {keys!r}")
    return list(keys.items())


def _test(name: str, key: str, given: object, version: str) -> KeyTest | NullTest:
    texts = tuple(_texts(name, key, given))
    if name == _NULL:
        return NullTest(key, frozenset(_absent(key, text) for text in texts))
    prefix, colon, rest = name.rpartition(":")
    short = rest.removesuffix(_IF_EXISTS)
    if short not in OPERATORS or (colon and prefix not in ("ForAllValues", "ForAnyValue")):
        raise UnknownOperatorError(f"AWS has no condition operator {name}")
    operator = OPERATORS[short]
    values = tuple(
        template(text, version) if operator.takes_variables else Template((text,)) for text in texts
    )
    fixed = not any(value.variables for value in values)
    matchers = [_matcher(operator, value, text) for value, text in zip(values, texts, strict=True) if fixed]
    return KeyTest(key, operator, Quantifier(prefix), rest != short, values, tuple(matchers))


def _matcher(operator: Operator, value: Template, text: str) -> Matcher:
    try:
        return operator.matcher(value, _NOTHING)
    except ValueError as error:
        raise PolicyError(f"{operator.name} cannot compare with {text}: {error}") from None


def _absent(key: str, text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise PolicyError(f"Null of {key} is either true or false, not {text}")
    return text.lower() == "true"


def _texts(name: str, key: str, given: object) -> Iterator[str]:
    for value in given if isinstance(given, list) else [given]:
        match value:
            case bool():
                yield str(value).lower()
            case str() | int() | float():
                yield str(value)
            case _:
                raise PolicyError(f"{name} of {key} has a value that is none: {value!r}")
