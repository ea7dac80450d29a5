"""CPU clocks of made-up tasks, which agree with the datapoints of a made-up run."""

from bisect import bisect_right
from collections.abc import Iterator

from verify.record import ProcessCpu
from verify.timeline import ServiceTimeline, Timeline

ALLOWED = 0.2


def clocks(timeline: Timeline) -> tuple[ProcessCpu, ...]:
    """A reading of each running task at each sample."""
    found = (reading for service in timeline.services for reading in _of(timeline, service))
    return tuple(sorted(found, key=lambda reading: reading.at))


def _of(timeline: Timeline, service: ServiceTimeline) -> Iterator[ProcessCpu]:
    minutes = [point.minute for point in service.cpu]
    seconds: list[float] = []
    started: list[int] = []
    before = timeline.started_at
    for number, sample in enumerate(service.samples):
        place = bisect_right(minutes, timeline.time.at((before + sample.at) / 2)) - 1
        percent = service.cpu[max(place, 0)].value if service.cpu else 0.0
        used = (sample.at - before) * ALLOWED * percent / 100
        del seconds[sample.running :], started[sample.running :]
        seconds[:] = [each + used for each in seconds]
        while len(seconds) < sample.running:
            seconds.append(0.0)
            started.append(number)
        for place, each in enumerate(seconds):
            yield ProcessCpu(
                sample.at, service.name, f"task/{service.name}-{place}-{started[place]}", each, ALLOWED
            )
        before = sample.at
