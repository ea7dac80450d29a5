"""Whether the host left the run enough room for its readings to mean anything."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise

from verify.aws_time import MINUTE
from verify.record import ScenarioRecord
from verify.timeline import Timeline
from verify.verdict.check import Basis, Check, without_trust

HOST_RULE = "host_had_room"
# Beyond these a run says nothing about the system.
STARVED_SHARE = 0.1
# Half a minute on the stage; where minutes are real ones, a load is no longer the planned one sooner.
GENERATOR_LAG_MINUTES = 0.5
GENERATOR_LAG_SECONDS = 5.0
OBSERVER_GAP_MINUTES = 5.0


def judged_with_trust(record: ScenarioRecord, checks: Iterable[Check]) -> list[Check]:
    """The checks, with what a starved host spoils made inconclusive, and a check that says so."""
    reasons = starvation(record)
    figure = (
        f"{len(unreadable_minutes(record.timeline))} of {record.timeline.minutes:.0f} minutes unreadable, "
        f"generator at most {record.generator.worst_lag:.2f} s late, {record.generator.missed} turns missed"
    )
    host = Check(
        HOST_RULE,
        "inconclusive" if reasons else "pass",
        figure,
        "the host starves neither the tasks nor the load generator nor the observer",
        "; ".join(reasons),
        Basis.CONFIGURATION,
    )
    if not reasons:
        return [*checks, host]
    return [*(without_trust(check, "the host was starved") for check in checks), host]


def starvation(record: ScenarioRecord) -> list[str]:
    """Reasons not to believe the readings, in words; none if they can be believed."""
    timeline, generator = record.timeline, record.generator
    reasons = []
    unreadable = unreadable_minutes(timeline)
    if len(unreadable) > STARVED_SHARE * timeline.minutes:
        reasons.append(
            f"{len(unreadable)} of {timeline.minutes:.0f} AWS minutes were starved or have no datapoint"
        )
    if generator.worst_lag > min(timeline.time.seconds(GENERATOR_LAG_MINUTES), GENERATOR_LAG_SECONDS):
        reasons.append(f"the load generator was {generator.worst_lag:.1f} s late")
    gap = _widest_gap(timeline)
    if gap > OBSERVER_GAP_MINUTES:
        reasons.append(f"nothing was observed for {gap:.0f} AWS minutes ({_last(timeline.errors)})")
    return reasons


def unreadable_minutes(timeline: Timeline) -> Sequence[datetime]:
    """AWS minutes in which the host was starved or the load-balanced service has no CPU datapoint."""
    present = {point.minute for point in timeline.api.cpu}
    expected = _minutes_between(
        timeline.time.at(timeline.started_at),
        timeline.time.at(timeline.ended_at) - MINUTE * (timeline.metric_delay_minutes + 1),
    )
    return sorted(set(timeline.starved_minutes) | (set(expected) - present))


def _minutes_between(start: datetime, end: datetime) -> Iterable[datetime]:
    minute = start.replace(second=0, microsecond=0) + MINUTE
    while minute < end:
        yield minute
        minute += MINUTE


def _widest_gap(timeline: Timeline) -> float:
    instants = [sample.at for sample in timeline.api.samples]
    widest = max((later - earlier for earlier, later in pairwise(instants)), default=0.0)
    return widest / timeline.time.minute_seconds


def _last(errors: Sequence[str]) -> str:
    return errors[-1] if errors else "no error was met"
