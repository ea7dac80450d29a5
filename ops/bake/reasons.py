"""Reasons for and against a canary, each a sentence; pure."""

import math
from collections.abc import Iterator
from datetime import timedelta

from ops.bake.compare import MIN_LATENCIES, MIN_LATENCY_REQUESTS, Compared, is_little
from ops.bake.evidence import Evidence, Minute
from ops.bake.work import Work

# A stable version that fails so often is no measure of anything.
_TROUBLED_RATE = 0.05
# A task that is replaced may cost one.
_MINUTES_WITHOUT_TASKS = 2
# One may be taken by its host.
_LOST_TASKS = 2
# Chance gives nothing to a side that is due so many requests once in 10^13 times. The newest figures of one
# side may be there a minute or two before the other's.
_MISSED_REQUESTS = 30
_SILENCE = timedelta(minutes=3)
_MINUTE = timedelta(minutes=1)
# Of anything smaller nobody wants to know how small it is.
_TINY = 0.0001


def worse(work: Work, compared: Compared, level: float) -> Iterator[str]:
    """Reasons why the canary's figures are worse than the stable version's.

    Args:
        work: What both do.
        compared: Their figures.
        level: Probability of a false alarm over all of them.
    """
    for failures in compared.failures:
        if failures.p <= level * failures.measure.part:
            counts = failures.counts
            yield (
                f"the canary {failures.measure.more}: {counts.canary_failed} of {counts.canary_requests}, the"
                f" stable version {counts.stable_failed} of {counts.stable_requests}"
                f" ({probability(failures.p)})"
            )
    for one in compared.slowness:
        if one.p <= level * work.latency_part and one.is_noticeable:
            yield (
                f"the canary is slower: {one.name} {milliseconds(one.canary_median)}, the stable version's"
                f" {milliseconds(one.stable_median)} ({probability(one.p)})"
            )


def probability(p: float) -> str:
    """A probability, for people."""
    return f"p = {p:.2g}" if p >= _TINY else f"p < {_TINY}"


def milliseconds(seconds: float) -> str:
    """A latency, for people."""
    return f"{1000 * seconds:.3g} ms"


def praise(evidence: Evidence, compared: Compared) -> str:
    """Reason for a canary that nothing speaks against."""
    work = evidence.work
    if not is_little(evidence):
        return f"the canary fails no more {work.many} than the stable version, and {work.as_fast}"
    few = max(compared.failures, key=lambda failures: failures.max_excess)
    return (
        f"nothing speaks against the canary, but there are about {evidence.a_minute:.1f} {work.many} a"
        f" minute, of which it had {few.counts.canary_requests}: up to {_points(few.max_excess)} more of"
        f" them may {few.measure.some} than of the stable version's, and it may be slower"
    )


def broken(evidence: Evidence) -> Iterator[str]:
    """Reasons for which nothing needs to be compared."""
    work, canary = evidence.work, evidence.canary
    if canary.minutes_without_tasks >= _MINUTES_WITHOUT_TASKS:
        yield f"the canary has had no {work.task} for {canary.minutes_without_tasks} minutes"
    if canary.lost_tasks >= _LOST_TASKS and not evidence.stable.lost_tasks:
        yield f"the canary has lost tasks {canary.lost_tasks} times, the stable version never"
    yield from _silent(evidence)


def _silent(evidence: Evidence) -> Iterator[str]:
    """Reason why a canary that took no work, or takes none any more, should have taken some."""
    work, canary, stable = evidence.work, evidence.canary.minutes, evidence.stable.minutes
    if not stable:
        return
    if canary:
        counts = evidence.counts(work.measures[0])
        # What the canary does not take the stable version does, if both take it by themselves.
        others = counts.stable_requests + (counts.canary_requests if work.is_pulled else 0)
        part = counts.canary_requests / others if others else 0
        begun, told = canary[-1].begun, f"the canary fell silent at {canary[-1].begun:%H:%M}"
    else:
        # No request reaches a canary by its own doing.
        part = evidence.share or 0 if work.is_pulled else 0
        begun, told = stable[0].begun - _MINUTE, "the canary is silent"
    missed = part * sum(_chances(minute, work) for minute in stable if minute.begun > begun)
    if stable[-1].begun - begun >= _SILENCE and missed >= _MISSED_REQUESTS:
        due = part * sum(minute.requests for minute in stable if minute.begun > begun)
        since = " since" if canary else ""
        yield f"{told}: it has taken none of the {due:.0f} {work.many} or so that were due to it{since}"


def _chances(minute: Minute, work: Work) -> int:
    """How often, at least, chance decided in a minute which side takes something."""
    return math.ceil(minute.requests / work.taken_at_once)


def alarmed(evidence: Evidence) -> Iterator[str]:
    """Alarms of the canary alone: what sets off the stable version's, too, need not be its fault."""
    if not evidence.stable.alarms:
        yield from (f"the canary's alarm {name} is on" for name in evidence.canary.alarms)


def troubled(evidence: Evidence, compared: Compared) -> Iterator[str]:
    """Reasons why the stable version is no measure of the canary, which is promoted into no trouble."""
    work = evidence.work
    shared = f", as the canary's {' and '.join(evidence.canary.alarms)}" if evidence.canary.alarms else ""
    for name in evidence.stable.alarms:
        yield f"the stable version's alarm {name} is on{shared}: the trouble is not the canary's alone"
    if evidence.stable.minutes_without_tasks >= _MINUTES_WITHOUT_TASKS:
        yield f"the stable version has no {work.task}: there is nothing to compare with"
    for failures in compared.failures[:1]:
        rate = failures.counts.stable_failed / failures.counts.stable_requests
        if rate > _TROUBLED_RATE:
            yield (
                f"the stable version itself fails {rate:.1%} of its {work.many}: it is no measure of a canary"
            )


def lacking(evidence: Evidence, compared: Compared) -> Iterator[str]:
    """Reasons why there is nothing to compare."""
    work, stable = evidence.work, evidence.stable.requests
    if evidence.share == 0:
        yield work.no_share
    elif compared.failures:
        return
    elif not stable:
        yield f"the stable version had no {work.many}: there is nothing to compare with"
    elif evidence.canary.minutes:
        yield f"the canary and the stable version had {work.many} in no minute together"
    else:
        due = (
            "" if evidence.share is None else f", of {stable * evidence.share:.0f} or so that were due to it"
        )
        yield f"the canary is silent: it has had no {work.one}{due}"


def uncertain(evidence: Evidence, compared: Compared) -> Iterator[str]:
    """Harm that the figures do not rule out."""
    work = evidence.work
    if not compared.failures:
        return
    for failures in compared.failures:
        if not failures.are_harmless:
            yield (
                f"{failures.counts.canary_requests} {work.many} of the canary are too few: up to"
                f" {_points(failures.max_excess)} more of them may {failures.measure.some} than of the stable"
                f" version's; {100 * failures.harmful:.2g} would be harmful"
            )
    if is_little(evidence):
        return
    there = len(compared.slowness[0].canary) if compared.slowness else 0
    if there < MIN_LATENCIES:
        yield (
            f"latency cannot be told: periods in which both versions have {MIN_LATENCY_REQUESTS} {work.many}"
            f" are {there} so far, and it takes {MIN_LATENCIES}"
        )
        return
    for one in compared.slowness:
        if not one.is_harmless:
            yield (
                f"{one.name} scatters too much to be told of {there} periods: the canary's"
                f" {milliseconds(one.canary_median)} and the stable version's"
                f" {milliseconds(one.stable_median)} may be chance"
            )


def _points(excess: float) -> str:
    return f"{100 * excess:.2g} percentage points"
