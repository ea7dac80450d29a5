"""Ways in which a value can be worse than the one before it."""

from collections.abc import Callable, Sequence
from typing import Any

from ops.plan_check.values import UNKNOWN, listed, number

Worse = Callable[[Any, Any], bool]

_ON = frozenset(
    {"true", "active", "enabled", "enable", "enforced", "enhanced", "on", "yes", "required", "require"}
)


def is_on(value: Any) -> bool:
    """Whether a switch is on, which types write in different ways."""
    if isinstance(value, str):
        return value.lower() in _ON
    return value is True


def turned_off(before: Any, after: Any) -> bool:
    """Whether a switch was on, and is not any more."""
    return is_on(before) and after is not UNKNOWN and not is_on(after)


def turned_on(before: Any, after: Any) -> bool:
    """Whether a switch that was not on is on."""
    return not is_on(before) and before is not UNKNOWN and is_on(after)


def lowered(before: Any, after: Any) -> bool:
    """Whether a number is smaller than it was."""
    was, comes = number(before), number(after)
    return was is not None and comes is not None and comes < was


def raised(before: Any, after: Any) -> bool:
    """Whether a number is larger than it was."""
    return lowered(after, before)


def to_zero(before: Any, after: Any) -> bool:
    """Whether a number was not zero, and is now."""
    was = number(before)
    return number(after) == 0 and (was is None or was != 0)


def shortened(before: Any, after: Any) -> bool:
    """Whether a time in which something is kept is shorter; zero or none keeps it for ever."""
    was, comes = number(before) or None, number(after) or None
    if after is UNKNOWN or before is UNKNOWN or comes is None:
        return False
    return was is None or comes < was


def removed(before: Any, after: Any) -> bool:
    """Whether there was something, and is nothing any more."""
    return before is not UNKNOWN and bool(before) and not after


def fewer(before: Any, after: Any) -> bool:
    """Whether a list lacks what it had."""
    if UNKNOWN in (before, after) or not isinstance(before, list):
        return False
    remaining = listed(after)
    return UNKNOWN not in remaining and any(one not in remaining for one in before)


def one_of(*values: Any) -> Worse:
    """Whether it becomes one of these values, and was none of them."""
    return lambda before, after: after in values and before not in values and before is not UNKNOWN


def from_one_of(*values: Any) -> Worse:
    """Whether it was one of these values, and is none of them any more."""
    return lambda before, after: before in values and after not in values and after is not UNKNOWN


def changed(before: Any, after: Any) -> bool:
    """Whether it is another one, and both are known."""
    return UNKNOWN not in (before, after) and before != after


def below(*ranks: Sequence[Any]) -> Worse:
    """Whether it falls in an order.

    Args:
        ranks: Values, from the worst to the best; what is in none of them is not compared.
    """

    def rank(value: Any) -> int | None:
        return next((place for place, values in enumerate(ranks) if value in values), None)

    def worse(before: Any, after: Any) -> bool:
        was, comes = rank(before), rank(after)
        return was is not None and comes is not None and comes < was

    return worse
