"""Curves from what was recorded, in real seconds since the scenario began."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from verify.aws_time import MINUTE
from verify.record import ProcessCpu, Request, ScenarioRecord
from verify.timeline import ServiceTimeline, Timeline

Curve = tuple[Sequence[float], Sequence[float]]

MEDIAN, P99 = 0.5, 0.99
# More points than pixels show nothing more, and make a page of half an hour's load too large to mail.
_MAX_BINS = 300


@dataclass(frozen=True)
class Bins:
    """Requests by the time at which they were answered.

    Attributes:
        width: Real seconds of a bin.
        accepted: Accepted requests a second.
        failed: All others a second.
        median: Seconds within which half of the accepted ones were answered; bins without any are left out.
        p99: The same of 99 of 100.
    """

    width: float
    accepted: Curve
    failed: Curve
    median: Curve
    p99: Curve


def bins(record: ScenarioRecord) -> Bins:
    """Requests second by second, or in as many bins as a chart can show."""
    began = record.timeline.started_at
    length = record.timeline.ended_at - began
    width = float(max(1, math.ceil(length / _MAX_BINS)))
    accepted: dict[int, list[Request]] = defaultdict(list)
    failed: Counter[int] = Counter()
    for request in record.requests:
        number = int((request.finished_at - began) // width)
        if request.accepted:
            accepted[number].append(request)
        else:
            failed[number] += 1
    numbers = range(int(length // width) + 1)
    starts = [number * width for number in numbers]
    taken = {number: sorted(map(seconds_taken, accepted[number])) for number in numbers if accepted[number]}
    middles = [(number + 0.5) * width for number in taken]
    return Bins(
        width,
        (starts, [len(accepted[number]) / width for number in numbers]),
        (starts, [failed[number] / width for number in numbers]),
        (middles, [percentile(ordered, MEDIAN) for ordered in taken.values()]),
        (middles, [percentile(ordered, P99) for ordered in taken.values()]),
    )


def failures(record: ScenarioRecord) -> Sequence[tuple[str, int]]:
    """Requests that were not accepted, counted by status and the client's words, the most frequent first."""
    counted = Counter(
        (f"{request.status}" if request.status else "no answer")
        + (f", {request.error}" if request.error else "")
        for request in record.requests
        if not request.accepted
    )
    return counted.most_common()


def cpu(timeline: Timeline, service: ServiceTimeline) -> Curve:
    """CPU in percent, each datapoint at the end of the minute that it tells of."""
    ends = [timeline.time.unix(point.minute + MINUTE) - timeline.started_at for point in service.cpu]
    return ends, [point.value for point in service.cpu]


def cpu_by_clocks(timeline: Timeline, readings: Iterable[ProcessCpu], service: str) -> Curve:
    """CPU in percent of the quota, an AWS minute each, by the kernel's clocks of a service's processes."""
    used: dict[int, float] = defaultdict(float)
    allowed: dict[int, float] = defaultdict(float)
    last: dict[str, ProcessCpu] = {}
    minute = timeline.time.minute_seconds
    for reading in readings:
        if reading.service != service:
            continue
        before = last.get(reading.task_arn)
        last[reading.task_arn] = reading
        # A clock that went back belongs to another process.
        if before is not None and reading.seconds >= before.seconds:
            number = int((reading.at - timeline.started_at) // minute)
            used[number] += reading.seconds - before.seconds
            allowed[number] += (reading.at - before.at) * before.allowed
    numbers = sorted(number for number, budget in allowed.items() if budget > 0 and number >= 0)
    return (
        [(number + 1) * minute for number in numbers],
        [100.0 * used[number] / allowed[number] for number in numbers],
    )


def desired(timeline: Timeline, service: ServiceTimeline) -> Curve:
    """Desired count, where it changes."""
    return _changes(timeline, [(sample.at, sample.desired) for sample in service.samples])


def running(timeline: Timeline, service: ServiceTimeline) -> Curve:
    """Running count, where it changes."""
    return _changes(timeline, [(sample.at, sample.running) for sample in service.samples])


def visible(timeline: Timeline) -> Curve:
    """Messages that wait."""
    return _changes(timeline, [(sample.at, sample.visible) for sample in timeline.queue])


def queue_depth(timeline: Timeline) -> Curve:
    """Messages that wait or are being worked on."""
    return _changes(timeline, [(sample.at, sample.visible + sample.in_flight) for sample in timeline.queue])


def latency(record: ScenarioRecord, share: float) -> float:
    """Seconds within which such a share of the accepted requests was answered; 0 without any."""
    return percentile(
        sorted(seconds_taken(request) for request in record.requests if request.accepted), share
    )


def percentile(ordered: Sequence[float], share: float) -> float:
    """The value that such a share of ordered values does not exceed; 0 without any."""
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else 0.0


def seconds_taken(request: Request) -> float:
    """Real seconds until the answer was complete."""
    return request.finished_at - request.started_at


def _changes(timeline: Timeline, counted: Sequence[tuple[float, int]]) -> Curve:
    """A count over time, without the samples that say what the one before has said; the last one is kept."""
    kept = [
        (at - timeline.started_at, value)
        for number, (at, value) in enumerate(counted)
        if number in {0, len(counted) - 1} or value != counted[number - 1][1]
    ]
    return [at for at, _ in kept], [value for _, value in kept]
