"""One thing that was checked, and what came of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal

Outcome = Literal["pass", "fail", "inconclusive"]


class Basis(StrEnum):
    """Kind of facts behind a check's figure, which says how far a starved host spoils it."""

    # What was registered or applied: a busy host changes none of it.
    CONFIGURATION = "configuration"
    # What the system decided or promised, held against what it was told: a busy host makes it late,
    # and neither wrong nor forgetful.
    DECISIONS = "decisions"
    # What happened in time: a starved host can make it fail, but cannot make it pass.
    EVENTS = "events"
    # CPU datapoints: starvation looks like low CPU, so neither outcome can be believed.
    CPU = "cpu"


@dataclass(frozen=True)
class Check:
    """A rule, the figure that was found and whether the rule held.

    Attributes:
        name: Stable identifier of the rule.
        outcome: "inconclusive" if the host was starved; it never counts as a pass.
        figure: What was found, short enough for a table.
        expectation: The rule as a sentence.
        detail: What broke it, where; empty if nothing did.
        basis: What the figure depends on.
    """

    name: str
    outcome: Outcome
    figure: str
    expectation: str
    detail: str = ""
    basis: Basis = Basis.EVENTS


def judged(  # noqa: PLR0913 - a check has so many parts
    name: str,
    expectation: str,
    figure: str,
    problems: Iterable[str],
    *,
    basis: Basis = Basis.EVENTS,
    late: Iterable[str] = (),
) -> Check:
    """A check that fails if there is any problem, and tells each.

    Args:
        name: Stable identifier of the rule.
        expectation: The rule as a sentence.
        figure: What was found.
        problems: What broke the rule.
        basis: What the figure depends on.
        late: What broke it too, but may come of a starved host alone.
    """
    found, excusable = list(problems), list(late)
    if excusable and not found:
        basis = Basis.EVENTS
    told = "; ".join([*found, *excusable])
    return Check(name, "fail" if told else "pass", figure, expectation, told, basis)


def without_trust(check: Check, reason: str) -> Check:
    """The check as it stands when the host was starved."""
    spoiled = check.basis == Basis.CPU or (check.basis == Basis.EVENTS and check.outcome == "fail")
    if not spoiled:
        return check
    detail = f"would be a {check.outcome}, but {reason}"
    return replace(
        check, outcome="inconclusive", detail=f"{detail}: {check.detail}" if check.detail else detail
    )


def overall(checks: Iterable[Check]) -> Outcome:
    """A single failure fails; otherwise a single inconclusive check leaves everything open."""
    outcomes = {check.outcome for check in checks}
    if "fail" in outcomes:
        return "fail"
    return "pass" if outcomes == {"pass"} else "inconclusive"


def by_name(checks: Iterable[Check]) -> Mapping[str, Check]:
    """The checks by name."""
    return {check.name: check for check in checks}
