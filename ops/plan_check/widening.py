"""Two versions of a policy, compared statement by statement."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ops.plan_check.conditions import as_narrow
from ops.plan_check.policy import EVERYONE, Names, Statement

_ANYTHING = Names(frozenset({EVERYONE}))

Reason = Literal["action", "resource", "principal", "condition", "denial"]


@dataclass(frozen=True)
class Widening:
    """A statement by which more is allowed than before.

    Attributes:
        reason: What of it is wider; "denial" if it is a statement that is gone.
        statement: The statement, with only those principals, actions and resources that are new; of a denial
            those that it no longer denies.
    """

    reason: Reason
    statement: Statement


def widenings(
    before: Sequence[Statement],
    after: Sequence[Statement],
    beside_before: Sequence[Statement] = (),
    beside_after: Sequence[Statement] = (),
) -> Iterator[Widening]:
    """Each statement that allows what nothing allowed before, or denied what nothing denies any more.

    Args:
        before: Statements of the policy as it stands.
        after: Statements of the policy as it comes.
        beside_before: Further statements that hold now for the same identity, and may allow it already.
        beside_after: Further statements that hold afterwards, and may still deny it.
    """
    allowed = [one for one in (*before, *beside_before) if one.allows]
    denied = [one for one in (*after, *beside_after) if not one.allows]
    for statement in after:
        if statement.allows:
            yield from _allowed(statement, allowed)
    for statement in before:
        if not statement.allows:
            lifted = [part for part in statement.parts() if not _covered(part, denied)]
            if lifted:
                yield Widening("denial", _joined(lifted))


def _allowed(statement: Statement, before: Sequence[Statement]) -> Iterator[Widening]:
    by_reason: dict[Reason, list[Statement]] = {}
    for part in statement.parts():
        if not _covered(part, before):
            by_reason.setdefault(_reason(part, before), []).append(part)
    for reason, parts in by_reason.items():
        yield Widening(reason, _joined(parts))


def _covered(part: Statement, among: Iterable[Statement]) -> bool:
    return any(
        other.actions.cover(part.actions)
        and other.resources.cover(part.resources)
        and other.principals.cover(part.principals)
        and as_narrow(part.conditions, other.conditions)
        for other in among
    )


def _reason(part: Statement, before: Sequence[Statement]) -> Reason:
    """The one thing that, were it as narrow as before, nothing would be new; else the action."""
    without_conditions = [replace(other, conditions=frozenset()) for other in before]
    if _covered(part, without_conditions):
        return "condition"
    if _covered(part, [replace(other, principals=_ANYTHING) for other in without_conditions]):
        return "principal"
    if _covered(part, [replace(other, resources=_ANYTHING) for other in without_conditions]):
        return "resource"
    return "action"


def _joined(parts: Sequence[Statement]) -> Statement:
    """Parts of one statement as one statement."""
    return replace(
        parts[0],
        principals=_together(part.principals for part in parts),
        actions=_together(part.actions for part in parts),
        resources=_together(part.resources for part in parts),
    )


def _together(names: Iterable[Names]) -> Names:
    found = list(names)
    return Names(frozenset().union(*(one.values for one in found)), found[0].others)
