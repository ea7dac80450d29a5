"""Expressions over series of datapoints, as far as our alarms and scaling policies use them.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""

import ast
import operator
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache, partial, reduce
from graphlib import CycleError, TopologicalSorter

Series = dict[datetime, float]
# A constant is the same at every instant.
_Value = Series | float

_OPERATORS: dict[type[ast.AST], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


class UnsupportedExpressionError(Exception):
    """The expression, and what of it is not evaluated here."""


def evaluate(expression: str, series: Mapping[str, Series]) -> Series:
    """The series that an expression gives.

    Has a datapoint where every series in it has one, and none where it divides by zero.

    Args:
        expression: Arithmetic, comparisons, `IF`, `MAX`, `MIN` and `FILL` with a number.
        series: Datapoints by the id that the expression names them with.

    Raises:
        UnsupportedExpressionError: It has something else in it.
    """
    value = _Evaluation(series).of(_parsed(expression))
    return value if isinstance(value, dict) else dict.fromkeys(_instants(series), value)


def names_in(expression: str) -> set[str]:
    """Ids that an expression names, and names of its functions.

    Raises:
        UnsupportedExpressionError: It does not parse.
    """
    return {node.id for node in ast.walk(_parsed(expression)) if isinstance(node, ast.Name)}


def in_order(expressions: Mapping[str, str]) -> list[str]:
    """Ids of expressions, each after those that it names.

    Raises:
        UnsupportedExpressionError: One does not parse, or they name each other in a circle.
    """
    needed = {name: names_in(expression) & expressions.keys() for name, expression in expressions.items()}
    try:
        return list(TopologicalSorter(needed).static_order())
    except CycleError as error:
        raise UnsupportedExpressionError(str(error)) from None


@lru_cache(maxsize=512)
def _parsed(expression: str) -> ast.expr:
    try:
        return ast.parse(expression, mode="eval").body
    except SyntaxError:
        raise UnsupportedExpressionError(f"metric math does not parse: {expression}") from None


class _Evaluation:
    def __init__(self, series: Mapping[str, Series]) -> None:
        self._series = series

    def of(self, node: ast.AST) -> _Value:
        if isinstance(node, ast.Call):
            return self._called(node)
        match node:
            case ast.Constant(value=int() | float() as number):
                return float(number)
            case ast.Name(id=name) if name in self._series:
                return self._series[name]
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return _combined(operator.sub, 0.0, self.of(operand))
            case (
                ast.BinOp(left=left, op=op, right=right)
                | ast.Compare(left=left, ops=[op], comparators=[right])
            ) if type(op) in _OPERATORS:
                return _combined(_OPERATORS[type(op)], self.of(left), self.of(right))
        raise _unsupported(node)

    def _called(self, call: ast.Call) -> _Value:
        match call.func, call.args:
            case ast.Name(id="IF"), [condition, then, otherwise]:
                return _chosen(self.of(condition), self.of(then), self.of(otherwise))
            case ast.Name(id="FILL"), [ast.Name(id=name), ast.Constant(value=int() | float() as filling)]:
                return dict.fromkeys(_instants(self._series), float(filling)) | self._series.get(name, {})
            case ast.Name(id="MAX" | "MIN" as name), [ast.List(elts=values)] if values:
                best = max if name == "MAX" else min
                return reduce(partial(_combined, best), (self.of(value) for value in values))
        raise _unsupported(call)


def _unsupported(node: ast.AST) -> UnsupportedExpressionError:
    return UnsupportedExpressionError(f"metric math is not evaluated here: {ast.unparse(node)}")


def _chosen(condition: _Value, then: _Value, otherwise: _Value) -> _Value:
    """`IF`: at each instant one of two values; what is not chosen need not be there."""
    if not isinstance(condition, dict):
        return then if condition else otherwise
    chosen = {instant: (then if holds else otherwise) for instant, holds in condition.items()}
    return {
        instant: value[instant] if isinstance(value, dict) else value
        for instant, value in chosen.items()
        if not isinstance(value, dict) or instant in value
    }


def _combined(combine: Callable[[float, float], float], left: _Value, right: _Value) -> _Value:
    both = [value for value in (left, right) if isinstance(value, dict)]
    if not both:
        return float(combine(left, right))  # type: ignore[arg-type]
    result: Series = {}
    for instant in both[0]:
        if all(instant in value for value in both):
            pair = (value[instant] if isinstance(value, dict) else value for value in (left, right))
            try:
                result[instant] = float(combine(*pair))
            except ZeroDivisionError:
                continue
    return result


def _instants(series: Mapping[str, Series]) -> list[datetime]:
    return sorted({instant for datapoints in series.values() for instant in datapoints})
