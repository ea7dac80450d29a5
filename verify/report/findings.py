"""Findings of a session, scenario by scenario."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from verify.record import ScenarioRecord
from verify.report.enforced import Enforced
from verify.report.phases import Phase
from verify.rights.judge import Rights
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
        seconds: Real seconds that it took, with all attempts.
    """

    title: str
    checks: Sequence[Check]
    record: ScenarioRecord | None = None
    sentence: str = ""
    seconds: float = 0.0

    @property
    def outcome(self) -> Outcome:
        """One word for the scenario."""
        return overall(self.checks)

    @property
    def passed(self) -> int:
        """Number of checks that passed."""
        return sum(check.outcome == "pass" for check in self.checks)

    @property
    def open(self) -> Sequence[Check]:
        """Checks that did not pass."""
        return [check for check in self.checks if check.outcome != "pass"]


@dataclass
class Findings:
    """All scenarios of a session.

    Attributes:
        target: Name of what was tested.
        found: Scenarios in the order in which they ran.
        began_at: When the session began.
        notes: Sentences on what kept a scenario from being judged.
        repeated: Sentences on attempts that said nothing, because the host was starved.
        phases: Where the time went.
        enforced: How far what was promised could be held against what was seen.
        rights: Rights of the roles, and what was done by them; None where nobody kept a record.
        versions: Version by name of what took part.
        command: Command that repeats the session; empty if nobody knows it.
    """

    target: str
    found: list[Finding] = field(default_factory=list)
    began_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    notes: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    phases: list[Phase] = field(default_factory=list)
    enforced: Sequence[Enforced] = ()
    rights: Rights | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
    command: str = ""

    def add(self, finding: Finding) -> None:
        """Take a finding, which took as long as the phase that ended last."""
        self.found.append(replace(finding, seconds=self.phases[-1].seconds) if self.phases else finding)

    @property
    def verdict(self) -> Outcome:
        """One word for everything; a scenario that could not be judged is not passed over."""
        outcome = overall(check for finding in self.found for check in finding.checks)
        return "fail" if self.notes else outcome

    @property
    def sentence(self) -> str:
        """One sentence for everything."""
        return " ".join([*self.repeated, *(self.notes or [_SENTENCES[self.verdict]])])

    @property
    def records(self) -> Sequence[ScenarioRecord]:
        """Everything that was recorded."""
        return [finding.record for finding in self.found if finding.record is not None]

    @property
    def seconds(self) -> float:
        """Real seconds of all phases."""
        return sum(phase.seconds for phase in self.phases)
