"""Scenario: load and faults, and what has to come of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, Self, TypeVar

from verify.session import Say
from verify.target import Target
from verify.timeline import ScenarioRecord
from verify.verdict.check import Check, overall
from verify.verdict.trust import HOST_RULE, judged_with_trust

EASED = 0.75
"""Share of its load that a scenario keeps for each further attempt on a host that was starved."""
_ATTEMPTS = 3
_SLOWER = 2.0


class Eased(Protocol):
    """Settings that know an easier form of themselves."""

    def eased(self, attempt: int) -> Self:
        """Settings for another attempt on a host that was starved; attempt 0 is the first."""


S = TypeVar("S", bound=Eased)


@dataclass(frozen=True)
class Scenario(Generic[S]):
    """One scenario, whole: a module of `verify/scenarios` has it as `SCENARIO`.

    Attributes:
        title: What a report calls it.
        sentence: What it shows, in one sentence.
        settings: How hard and how long it is.
        run: Does it to a target, and returns what was seen: it judges nothing.
        checks: Functions of what was seen, each of which asks AWS nothing and is called as its check is.
    """

    title: str
    sentence: str
    settings: S
    run: Callable[[Target, S, Say], ScenarioRecord]
    checks: Sequence[Callable[[ScenarioRecord], Check]]

    @property
    def rules(self) -> tuple[str, ...]:
        """Names of all checks, in their order; the last says whether the host had room."""
        return (*(check.__name__ for check in self.checks), HOST_RULE)

    def judge(self, record: ScenarioRecord) -> list[Check]:
        """A check for each of `rules`, in their order."""
        return judged_with_trust(record, [check(record) for check in self.checks])

    def prove(self, target: Target, say: Say) -> "Judged":
        """Run it and judge what was seen, again on a slower clock if the host starved it."""
        return until_readable(
            self.title,
            target,
            lambda attempt: self.run(target, self.settings.eased(attempt), say),
            self.judge,
            say,
        )


@dataclass(frozen=True)
class Judged:
    """The last attempt at a scenario.

    Attributes:
        record: What was seen.
        checks: What came of it.
        repeated: A sentence on each earlier attempt: why it said nothing.
    """

    record: ScenarioRecord
    checks: Sequence[Check]
    repeated: Sequence[str]


def until_readable(
    title: str,
    target: Target,
    run: Callable[[int], ScenarioRecord],
    judge: Callable[[ScenarioRecord], Sequence[Check]],
    say: Say,
) -> Judged:
    """Run a scenario, again on a slower clock if the host starved it, at most three times.

    A starved attempt that failed nevertheless stands: what fails there is not the host's doing.

    Args:
        title: The scenario's.
        target: The system under test.
        run: Runs the scenario; told how many attempts there were before.
        judge: Judges what was seen.
        say: Told why an attempt is repeated.
    """
    repeated: list[str] = []
    while True:
        record = run(len(repeated))
        checks = judge(record)
        last = len(repeated) + 1 == _ATTEMPTS
        if overall(checks) != "inconclusive" or last or target.slow_down is None:
            return Judged(record, checks, repeated)
        target.slow_down(_SLOWER)
        why = next((check.detail for check in checks if check.name == HOST_RULE), "")
        repeated.append(f"{title} was repeated with AWS minutes of {target.clock.minute_seconds:g} s: {why}.")
        say(repeated[-1])
