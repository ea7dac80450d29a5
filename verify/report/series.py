"""Curves from what was recorded, in real seconds since the scenario began."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from verify.aws_time import MINUTE
from verify.timeline import ScenarioRecord, ServiceTimeline, Timeline

Curve = tuple[Sequence[float], Sequence[float]]


@dataclass(frozen=True)
class Rates:
    """Requests a second, by the second in which they were answered."""

    accepted: Curve
    failed: Curve


def rates(record: ScenarioRecord) -> Rates:
    """Accepted and failed requests, second by second."""
    began = record.timeline.started_at
    length = int(record.timeline.ended_at - began) + 1
    accepted = Counter(int(r.finished_at - began) for r in record.requests if r.accepted)
    failed = Counter(int(r.finished_at - began) for r in record.requests if not r.accepted)
    seconds = range(length)
    return Rates(
        (seconds, [accepted[second] for second in seconds]),
        (seconds, [failed[second] for second in seconds]),
    )


def cpu(timeline: Timeline, service: ServiceTimeline) -> Curve:
    """CPU in percent, each datapoint at the end of the minute that it tells of."""
    ends = [timeline.time.unix(point.minute + MINUTE) - timeline.started_at for point in service.cpu]
    return ends, [point.value for point in service.cpu]


def desired(timeline: Timeline, service: ServiceTimeline) -> Curve:
    """Desired count."""
    return _since(timeline, service), [sample.desired for sample in service.samples]


def running(timeline: Timeline, service: ServiceTimeline) -> Curve:
    """Running count."""
    return _since(timeline, service), [sample.running for sample in service.samples]


def queue_depth(timeline: Timeline) -> Curve:
    """Messages that wait or are being worked on."""
    depth = [sample.visible + sample.in_flight for sample in timeline.queue]
    return [sample.at - timeline.started_at for sample in timeline.queue], depth


def latency(record: ScenarioRecord, share: float) -> float:
    """Seconds within which such a share of the accepted requests was answered; 0 without any."""
    taken: Iterable[float] = sorted(r.finished_at - r.started_at for r in record.requests if r.accepted)
    ordered = list(taken)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else 0.0


def _since(timeline: Timeline, service: ServiceTimeline) -> Sequence[float]:
    return [sample.at - timeline.started_at for sample in service.samples]
