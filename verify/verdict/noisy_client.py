"""The verdict on a client that asks far more often than it may: it is told so, and nobody else notices."""

import math
from collections import Counter
from collections.abc import Sequence
from statistics import NormalDist, median, quantiles

from verify.record import ACCEPTED, Request, ScenarioRecord
from verify.verdict.check import Basis, Check, judged

TOO_MANY = 429
# Others may wait a tenth longer; a millisecond is what a timer and a batch of requests make of any figure.
TOLERANCE = 0.10
TOLERANCE_SECONDS = 0.001
# A median that chance alone makes a tenth larger is no finding.
_CERTAIN = 0.99
_MIN_REQUESTS = 100
# The noise that was planned, but for what a late answer costs.
_MIN_NOISE = 0.7
# What a bucket lets through, but for requests that are not spread evenly over the tasks.
_MAX_ACCEPTED = 2.0
_SHOWN = 3


def noisy_client_limited(record: ScenarioRecord) -> Check:
    """The noisy client did make its noise, and got through no more than it may."""
    noisy = _noisy(record)
    noise = [request for request in record.requests if request.client == noisy]
    loud = [request for request in noise if _in_burst(record, request)]
    seconds = sum(end - start for start, end in record.bursts)
    rate = len(loud) / seconds if seconds else 0.0
    accepted = sum(request.accepted for request in loud)
    tasks = max((sample.running for sample in record.timeline.api.samples), default=0)
    may = record.limited_rate * seconds * tasks + tasks * len(record.bursts)
    problems = []
    if rate < _MIN_NOISE * record.burst_rate:
        problems.append(f"it asked {rate:.0f} times a second instead of {record.burst_rate:.0f}")
    if accepted > _MAX_ACCEPTED * may:
        problems.append(f"{accepted} got through")
    if not any(request.status == TOO_MANY for request in loud):
        problems.append("none was answered 429")
    silent = sum(not request.retry_after.isdigit() for request in loud if request.status == TOO_MANY)
    if silent:
        problems.append(f"{silent} were answered 429 without Retry-After")
    return judged(
        "noisy_client_limited",
        f"the noisy client asks {record.burst_rate:.0f} times a second, is told 429 with Retry-After,"
        f" and gets at most {_MAX_ACCEPTED:.0f} times the {may:.0f} through that it may",
        f"{len(loud)} asked in {seconds:.0f} s, {accepted} accepted",
        problems,
    )


def only_noisy_client_limited(record: ScenarioRecord) -> Check:
    """Whoever keeps to his rate is accepted, however many others do not."""
    noisy = _noisy(record)
    others = [request for request in record.requests if request.client != noisy]
    refused = [request for request in others if not request.accepted]
    odd = [
        request
        for request in record.requests
        if request.client == noisy and request.status not in {ACCEPTED, TOO_MANY}
    ]
    counts = Counter(request.status for request in refused)
    return judged(
        "only_noisy_client_limited",
        "no request of another client is refused, and the noisy one is told nothing but 202 and 429",
        f"{len(refused)} of {len(others)} refused",
        [
            *(f"{count} answered {status}" for status, count in counts.most_common(_SHOWN)),
            *([f"{len(odd)} of the noisy client answered {odd[0].status}"] if odd else []),
            *([] if others else ["nobody else asked"]),
        ],
        basis=Basis.DECISIONS,
    )


def others_unaffected(record: ScenarioRecord) -> Check:
    """Others wait as long as in the silences of the same run, within a tenth, as far as chance can tell."""
    noisy = _noisy(record)
    others = [request for request in record.requests if request.client != noisy and request.accepted]
    during = [_wait(request) for request in others if _in_burst(record, request)]
    before = [_wait(request) for request in others if _in_silence(record, request)]
    expectation = (
        f"others wait at most {TOLERANCE:.0%} longer during the noise than in the silences between (median;"
        f" {_CERTAIN:.0%} certain)"
    )
    if min(len(during), len(before)) < _MIN_REQUESTS:
        few = f"{len(before)} and {len(during)} requests are too few"
        return judged("others_unaffected", expectation, few, [few])
    excess = _certain_excess(before, during)
    slow = quantiles(during, n=20)[-1] / quantiles(before, n=20)[-1]
    return judged(
        "others_unaffected",
        expectation,
        f"median {median(before) * 1000:.1f} ms, {median(during) * 1000:.1f} ms in the noise;"
        f" p95 times {slow:.2f}",
        [f"the median is larger by at least {excess:.0%}"] if excess > TOLERANCE else [],
    )


def _certain_excess(before: Sequence[float], during: Sequence[float]) -> float:
    """By what share the median during the noise is larger at least, as far as chance can tell.

    The rank of a median scatters as a binomial does, whatever the distribution of the sample (a sign test).
    """
    least, most = _bound(during, -1), _bound(before, 1)
    return (least - TOLERANCE_SECONDS) / most - 1.0


def _bound(sample: Sequence[float], side: int) -> float:
    """Value above (1) or below (-1) which the median lies with `_CERTAIN` certainty at most."""
    rank = len(sample) / 2 + side * NormalDist().inv_cdf(_CERTAIN) * math.sqrt(len(sample)) / 2
    return sorted(sample)[round(rank)]


def _wait(request: Request) -> float:
    return request.finished_at - request.started_at


def _noisy(record: ScenarioRecord) -> str:
    """Client id of whoever is told 429 most; empty if nobody is."""
    told = Counter(request.client for request in record.requests if request.status == TOO_MANY)
    return told.most_common(1)[0][0] if told else ""


def _in_burst(record: ScenarioRecord, request: Request) -> bool:
    return any(start <= request.started_at and request.finished_at <= end for start, end in record.bursts)


def _in_silence(record: ScenarioRecord, request: Request) -> bool:
    """Whether a request lies in the silence before a burst, which is as long as the burst."""
    ends = [record.baseline[0], *(end for _, end in record.bursts)]
    return any(
        max(start - (end - start), before) + _SETTLING <= request.started_at
        and request.finished_at <= start - _SETTLING
        for (start, end), before in zip(record.bursts, ends, strict=False)
    )


# The noise needs a moment to begin and to end.
_SETTLING = 2.0
