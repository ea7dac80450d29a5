"""How long clients wait for answers: at rest, on the plateau once the fleet has grown, and at all."""

import math
from collections.abc import Sequence

from verify.record import Request, ScenarioRecord
from verify.verdict.check import Basis, Check, judged
from verify.verdict.target_tracking import TARGET_PERCENT

# Nobody waits longer for an answer that says no more than "queued", whatever happens to the fleet meanwhile:
# a saturated one was measured at 0.2 s on a busy machine.
MAX_SECONDS = 3.0
# A fleet at rest answers in some twenty milliseconds, and 99 of 100 in 57 on a busy machine.
REST_SECONDS = 0.25
# A fleet that has grown as far as the load asks for is used to 70 % and not to 30 %: in a queue with one
# server waits grow with 1 / (1 - use), by a factor of 2.3, and so do their tails; 4.2 was measured on a busy
# machine. Less than some time is never too much.
SETTLED_FACTOR = 10.0
SETTLED_SECONDS = 0.5
# So many times too late is nothing that comes of a busy host.
BEYOND_DOUBT = 5.0
# Fewer requests have no 99th percentile.
_MIN_REQUESTS = 50
_PERCENT = 99


def latency_bounded(record: ScenarioRecord) -> Check:
    """Answers come at once at rest, in proportion to that once the fleet has grown, and never very late."""
    window, used_up = _settled(record)
    rest, settled = _between(record, record.baseline), _between(record, window)
    slow, very_slow = REST_SECONDS * record.slowness, MAX_SECONDS * record.slowness
    at_rest, under_load, all_ = (_percentile(one) for one in (rest, settled, list(record.requests)))
    bound = max(SETTLED_FACTOR * (at_rest or 0.0), SETTLED_SECONDS * record.slowness)
    # A fleet that may not grow further has a queue for as long as its load lasts.
    bound = very_slow if used_up else bound
    problems: list[str] = []
    late: list[str] = []
    if at_rest is not None and at_rest > slow:
        late.append(f"p99 at rest is {at_rest:.2f} s")
    if under_load is not None and at_rest is not None and under_load > bound:
        late.append(f"p99 under load is {under_load:.2f} s after the fleet has grown, not {bound:.2f} s")
    if all_ is None:
        problems.append(f"{len(record.requests)} requests have no 99th percentile")
    elif all_ > very_slow:
        (problems if all_ > BEYOND_DOUBT * very_slow else late).append(f"p99 of all requests is {all_:.1f} s")
    return judged(
        "latency_bounded",
        f"p99 is at most {slow:.2g} s at rest, {SETTLED_FACTOR:.0f} times that at rest or"
        f" {SETTLED_SECONDS * record.slowness:.2g} s once the fleet has grown, and {very_slow:.0f} s at all",
        f"p99 {_shown(at_rest)} at rest, {_shown(under_load)} under load, {_shown(all_)} of all",
        problems,
        basis=Basis.DECISIONS,
        late=late,
    )


def _settled(record: ScenarioRecord) -> tuple[tuple[float, float], bool]:
    """The end of the plateau, and whether the fleet was at its maximum and still had more than it carries.

    It begins when the last tasks that the load asked for have run for a minute, with the first minute that is
    not over the target: by then the fleet has worked off what had to wait for them.
    """
    timeline, time = record.timeline, record.timeline.time
    start, end = record.high_load
    samples = [sample for sample in timeline.api.samples if start <= sample.at <= end]
    growing = [
        sample.at
        for sample in samples
        if sample.running < sample.desired or sample.desired != samples[-1].desired
    ]
    grown = max([start, *growing]) + time.seconds(1)
    calm = [
        time.unix(point.minute)
        for point in timeline.api.cpu
        if point.value <= TARGET_PERCENT and grown <= time.unix(point.minute) <= end - time.seconds(1)
    ]
    used_up = not calm and bool(samples) and samples[-1].desired == timeline.api.maximum
    return (calm[0] if calm else grown, end), used_up


def _between(record: ScenarioRecord, window: tuple[float, float]) -> Sequence[Request]:
    return [request for request in record.requests if window[0] <= request.started_at < window[1]]


def _percentile(requests: Sequence[Request]) -> float | None:
    """Seconds within which 99 of 100 were answered or given up; None of too few."""
    if len(requests) < _MIN_REQUESTS:
        return None
    waits = sorted(request.finished_at - request.started_at for request in requests)
    return waits[math.ceil(len(waits) * _PERCENT / 100) - 1]


def _shown(seconds: float | None) -> str:
    return "unknown" if seconds is None else f"{seconds * 1000:.0f} ms"
