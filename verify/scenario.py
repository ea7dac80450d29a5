"""Scenario: load and faults, and what has to come of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, Protocol, Self, TypeVar

from verify.record import ScenarioRecord
from verify.session import DEAD_LETTERS, Say
from verify.target import Target
from verify.verdict.check import Check, overall
from verify.verdict.trust import HOST_RULE, judged_with_trust

EASED = 0.75
"""Share of its load that a scenario keeps for each further attempt on a host that was starved."""
SATURATION = (
    "notification-api-cpu",
    "email-sender-cpu",
    "notification-api-p99-latency",
    "queue-age",
    "user-impact",
)
"""Alarms on more load than tasks carry: how long that lasts is how long new tasks take, here or on AWS."""
IN_HAND = ("send-failure-rate", "user-impact")
"""Alarms on mails that a killed task had in hand: each is an attempt of which nobody knows how it ended.

How many there are is how busy the machine is. They are found when their lease is over, by when hardly a mail
may be tried any more: on a stage, where only AWS's minutes are short, that is a quarter of an hour later.
"""
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
        alarms: Alarms that go off in it, in order and without the system's prefix; all others stay silent.
            The one on dead letters is wanted only where a killed task had a mail in hand.
        in_any_order: Those among them, one after the other, that one thing sets off: which comes first is
            how late their metrics are, by the load balancer's own minute or in lines of logs.
        may_go_off: Alarms of which it depends on the machine whether they go off: those on a fleet that has
            more load than it carries, for as long as its tasks take to start here. Those on mails in hand are
            among them by themselves where a killed task had one.
        default: Whether `make verify` runs it without being asked to.
        stage_only: Whether it does what nobody can do to an account, where it runs only if it is asked for.
        budget_minutes: Real minutes that it takes at most on the reference machine.
    """

    title: str
    sentence: str
    settings: S
    run: Callable[[Target, S, Say], ScenarioRecord]
    checks: Sequence[Callable[[ScenarioRecord], Check]]
    alarms: Sequence[str] = ()
    in_any_order: Sequence[str] = ()
    may_go_off: Sequence[str] = ()
    default: bool = True
    stage_only: bool = False
    budget_minutes: float = 5.0

    @property
    def rules(self) -> tuple[str, ...]:
        """Names of all checks, in their order; the last says whether the host had room."""
        return (*(check.__name__ for check in self.checks), HOST_RULE)

    def judge(self, record: ScenarioRecord) -> list[Check]:
        """A check for each of `rules`, in their order."""
        return judged_with_trust(record, [check(record) for check in self.checks])

    def recorded(self, target: Target, attempt: int, say: Say) -> ScenarioRecord:
        """Run it once: what was seen, and what its file wants of the alarms.

        Args:
            target: The system under test.
            attempt: How many attempts there were before, on a host that was starved.
            say: Tells a person where the scenario is.
        """
        record = self.run(target, self.settings.eased(attempt), say)
        wanted = [alarm for alarm in self.alarms if alarm != DEAD_LETTERS or record.held_letters]
        return replace(
            record,
            wanted_alarms=tuple(wanted),
            unordered_alarms=tuple(self.in_any_order),
            possible_alarms=(*self.may_go_off, *(IN_HAND if DEAD_LETTERS in wanted else ())),
        )

    def prove(self, target: Target, say: Say) -> "Judged":
        """Run it and judge what was seen, again on a slower clock if the host starved it."""
        return until_readable(
            self.title,
            target,
            lambda attempt: self.recorded(target, attempt, say),
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
