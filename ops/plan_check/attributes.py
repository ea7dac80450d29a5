"""Rules about single attributes, given as tables."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from ops.plan_check.change import Change
from ops.plan_check.comparisons import Worse
from ops.plan_check.finding import Finding, Kind, of_difference

Rule = Callable[[Change], Iterable[Finding]]


@dataclass(frozen=True)
class Watched:
    """An attribute, and how it gets worse.

    Attributes:
        attribute: Regular expression of the attribute's whole path, without indexes.
        worse: Whether the second value is worse than the first.
        sentence: What happens then, and why it is dangerous.
        types: Regular expression of the resource's whole type.
    """

    attribute: str
    worse: Worse
    sentence: str
    types: str = ".+"


def watch(kind: Kind, table: Sequence[Watched]) -> Rule:
    """A rule that finds every attribute that gets worse; the first row that fits tells it."""

    def rule(change: Change) -> Iterator[Finding]:
        if not change.compared:
            return
        rows = [row for row in table if re.fullmatch(row.types, change.type)]
        for difference in change.differences:
            for row in rows:
                if re.fullmatch(row.attribute, difference.pattern) and row.worse(
                    difference.before, difference.after
                ):
                    yield of_difference(change, kind, row.sentence, difference)
                    break

    return rule
