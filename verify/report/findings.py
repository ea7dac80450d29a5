"""Findings of a session, scenario by scenario."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from verify.timeline import ScenarioRecord
from verify.verdict.check import Check, Outcome, overall

_SENTENCES: dict[Outcome, str] = {
    "pass": "Every check passed.",
    "fail": "At least one check failed.",
    "inconclusive": "Nothing failed, but the host was starved, which is no pass: end what else keeps it busy"
    " and run `make verify` again.",
}


@dataclass(frozen=True)
class Finding:
    """The checks of one scenario.

    Attributes:
        title: What it is called.
        checks: What came of it.
        record: What they were made from, if anything was recorded.
        sentence: What the scenario shows; empty if its title says that.
    """

    title: str
    checks: Sequence[Check]
    record: ScenarioRecord | None = None
    sentence: str = ""

    @property
    def outcome(self) -> Outcome:
        """One word for the scenario."""
        return overall(self.checks)

    @property
    def passed(self) -> int:
        """Number of checks that passed."""
        return sum(check.outcome == "pass" for check in self.checks)


@dataclass
class Findings:
    """All scenarios of a session.

    Attributes:
        target: Name of what was tested.
        found: Scenarios in the order in which they ran.
        began_at: When the session began.
        notes: Sentences on what kept a scenario from being judged.
        repeated: Sentences on attempts that said nothing, because the host was starved.
    """

    target: str
    found: list[Finding] = field(default_factory=list)
    began_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    notes: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)

    @property
    def verdict(self) -> Outcome:
        """One word for everything; a scenario that could not be judged is not passed over."""
        outcome = overall(check for finding in self.found for check in finding.checks)
        return "fail" if self.notes else outcome

    @property
    def sentence(self) -> str:
        """One sentence for everything."""
        return " ".join([*self.repeated, *(self.notes or [_SENTENCES[self.verdict]])])
