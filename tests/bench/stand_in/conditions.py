"""As much of DynamoDB's condition expressions as a ledger of versions needs.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
"""

import operator
import re
from collections.abc import Mapping
from typing import Any

Item = dict[str, dict[str, Any]]
"""An item as DynamoDB's JSON has it: each value under the name of its type."""

_EXISTS = re.compile(r"attribute_(not_)?exists\s*\(\s*([#\w]+)\s*\)")
_COMPARISON = re.compile(r"([#\w]+)\s*(=|<>|<=|>=|<|>)\s*(:\w+)")
_OPERATORS = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def holds(expression: str, item: Item | None, names: Mapping[str, str], values: Mapping[str, Any]) -> bool:
    """Whether an item, or its absence, meets a condition of terms joined by AND and OR, without brackets.

    Args:
        expression: The condition.
        item: What the table holds; None if it holds nothing under that key.
        names: What stands for `#names`.
        values: What stands for `:values`.

    Raises:
        ValueError: The expression is of a kind that is not known here.
    """
    return any(
        all(_term(term.strip(), item or {}, names, values) for term in re.split(r"\sAND\s", alternative))
        for alternative in re.split(r"\sOR\s", expression)
    )


def _term(term: str, item: Item, names: Mapping[str, str], values: Mapping[str, Any]) -> bool:
    if existence := _EXISTS.fullmatch(term):
        return (names.get(existence[2], existence[2]) in item) != bool(existence[1])
    if comparison := _COMPARISON.fullmatch(term):
        held = item.get(names.get(comparison[1], comparison[1]))
        wanted = values[comparison[3]]
        # What is not there, or of another type, compares as false with everything.
        if held is None or held.keys() != wanted.keys():
            return comparison[2] == "<>"
        return bool(_OPERATORS[comparison[2]](_value(held), _value(wanted)))
    raise ValueError(f"this stand-in does not know the condition {term!r}")


def _value(typed: Mapping[str, Any]) -> Any:
    ((kind, value),) = typed.items()
    return float(value) if kind == "N" else value
