"""A scenario is repeated, more slowly, for as long as the host leaves its readings no room."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from verify.scenarios.session import Say
from verify.target import Target
from verify.timeline import ScenarioRecord
from verify.verdict.check import Check, overall

_ATTEMPTS = 3
_SLOWER = 2.0


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
    target: Target,
    run: Callable[[int], ScenarioRecord],
    judge: Callable[[ScenarioRecord], Sequence[Check]],
    say: Say,
) -> Judged:
    """Run a scenario, again on a slower clock if the host starved it, at most three times.

    A starved attempt that failed nevertheless stands: what fails there is not the host's doing.

    Args:
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
        why = next((check.detail for check in checks if check.name == "host_had_room"), "")
        repeated.append(
            f"{record.name} was repeated with AWS minutes of {target.clock.minute_seconds:g} s: {why}."
        )
        say(repeated[-1])
