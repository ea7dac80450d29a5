"""Requests or mails that are still to come until there is a verdict, if all goes on as it did."""

import math
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import cycle, islice

import numpy as np

from ops.bake.compare import (
    MIN_LATENCIES,
    MIN_LATENCY_REQUESTS,
    MISSED_HARM,
    Compared,
    Failures,
    Slowness,
    harmful_excess,
    is_little,
)
from ops.bake.evidence import Counts, Evidence
from ops.bake.judge import LAST
from ops.bake.reasons import worse
from ops.bake.significance import more_failures, most_excess
from ops.bake.work import Measure

# Nobody waits for more requests than this, nor for more than so many latencies.
_CANDIDATES = np.unique(np.logspace(0, 6, 600).astype(int))
_MAX_LATENCIES = 240
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Further:
    """Further evidence that would decide, about.

    Attributes:
        requests: Requests or mails of the canary.
        minutes: How long they take at the present rate; None if it gets none.
    """

    requests: int
    minutes: int | None


def further(evidence: Evidence) -> Further | None:
    """Evidence that is lacking; None if none is, or if no amount of it would decide."""
    if not evidence.stable.minutes:
        return None
    compared = Compared.of(evidence)
    lacking = [_failures_lacking(evidence, measure) for measure in evidence.work.measures]
    if not is_little(evidence):
        lacking += [_latencies_lacking(evidence, one) for one in compared.slowness]
        lacking.append(0 if compared.slowness else MIN_LATENCIES * MIN_LATENCY_REQUESTS)
    known = [one for one in lacking if one is not None]
    if len(known) < len(lacking) or not any(known):
        return None
    rate = _canary_rate(evidence)
    return Further(max(known), math.ceil(max(known) / rate) if rate else None)


def _canary_rate(evidence: Evidence) -> float:
    """Requests or mails a minute of the canary, since its first one."""
    canary, stable = evidence.canary.minutes, evidence.stable.minutes
    if not canary:
        return 0.0
    minutes = (max(canary[-1].begun, stable[-1].begun) - canary[0].begun) / _MINUTE + 1
    return evidence.canary.requests / minutes


def _failures_lacking(evidence: Evidence, measure: Measure) -> int | None:
    """Requests or mails of the canary until harm by a measure is out of the question, or known."""
    counts, harmful = evidence.counts(measure), harmful_excess(evidence, measure)
    there = counts.canary_requests
    if there and Failures(measure, counts, harmful).are_harmless:
        return 0
    canary_rate, stable_rate, ratio = _failure_rates(evidence, measure, counts)
    canary = _CANDIDATES[np.searchsorted(_CANDIDATES, there, side="right") :]
    stable = np.maximum(canary * ratio, 1)
    excess = most_excess(canary * canary_rate, canary, stable * stable_rate, stable, MISSED_HARM)
    failed, others_failed, others = (
        np.rint(one).astype(int) for one in (canary * canary_rate, stable * stable_rate, stable)
    )
    p = more_failures(failed, canary, others_failed, others, measure.together)
    decided = (excess <= harmful) | (p <= LAST.level * measure.part)
    # Whole failures make a few numbers decide too early.
    first = int(np.flatnonzero(~decided).max(initial=-1)) + 1
    return int(canary[first]) - there if first < len(canary) else None


def _failure_rates(evidence: Evidence, measure: Measure, counts: Counts) -> tuple[float, float, float]:
    """Rates of canary and stable version, and how many requests this has for one of that."""
    if counts.canary_requests:
        return (
            counts.canary_failed / counts.canary_requests,
            counts.stable_failed / counts.stable_requests,
            counts.stable_requests / counts.canary_requests,
        )
    stable = evidence.stable
    rate = sum(getattr(minute, measure.name) for minute in stable.minutes) / stable.requests
    share = evidence.share or 0.5
    return rate, rate, (1 - share) / share


def _latencies_lacking(evidence: Evidence, slowness: Slowness) -> int | None:
    """Requests or mails of the canary until a latency is known to be harmless, or to be worse."""
    if slowness.is_harmless:
        return 0
    there = len(slowness.canary)
    latencies = evidence.canary.latencies
    each = sum(latency.requests for latency in latencies) / len(latencies)
    for count in range(max(MIN_LATENCIES, there + 1), _MAX_LATENCIES):
        canary, stable = (tuple(islice(cycle(one), count)) for one in (slowness.canary, slowness.stable))
        longer = replace(slowness, canary=canary, stable=stable)
        if longer.is_harmless or any(worse(evidence.work, Compared((), [longer]), LAST.level)):
            return math.ceil((count - there) * each)
    return None
