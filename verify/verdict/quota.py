"""CPU of the tasks against their quotas, and CloudWatch's figures against the kernel's own clocks."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean

from verify.aws_time import MINUTE
from verify.record import ProcessCpu, ScenarioRecord
from verify.timeline import ServiceTimeline, Timeline
from verify.verdict.check import Basis, Check, judged

# Fargate lets a task use what it has reserved; a cgroup lets it use a period's worth more at once: 101 % were
# measured.
MAX_PERCENT = 106.0
# Over some minutes the two are less than a point apart; a single one ends between two readings of the clocks.
CLOCK_POINTS = 4.0
CLOCK_SHARE = 0.08
_MIN_MINUTES = 3
_MIN_SECONDS = 1.5
# So far may the next sample be away.
_SAMPLE_MINUTES = 0.5
_OUT_OF_SIGHT = "the tasks' processes are out of sight here"


@dataclass(frozen=True)
class _Stretch:
    """Minutes in a row in which the same tasks ran, each with a datapoint.

    Attributes:
        minutes: Their beginnings.
        metric: Mean of CloudWatch's datapoints, in percent.
        clocks: CPU by the tasks' clocks in the same time, in percent of their quotas.
    """

    minutes: Sequence[datetime]
    metric: float
    clocks: float

    @property
    def apart(self) -> float:
        """Difference of the two, less what is tolerated."""
        return abs(self.metric - self.clocks) - max(CLOCK_POINTS, CLOCK_SHARE * self.clocks)


def cpu_within_quota(record: ScenarioRecord) -> Check:
    """No task uses more CPU than it has reserved, by the datapoints and by the kernel's clocks alike.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#task_size
    """
    highest = {
        service.name: max((point.value for point in service.cpu), default=0.0)
        for service in record.timeline.services
    }
    used = {
        name: max((share for _, share in shares), default=0.0)
        for name, shares in _use_of_tasks(record.process_cpu or ()).items()
    }
    figure = ", ".join(f"{name} {value:.0f} %" for name, value in highest.items())
    by_clocks = ", ".join(f"{name} {value:.0f} %" for name, value in used.items())
    return judged(
        "cpu_within_quota",
        f"no task uses more than {MAX_PERCENT:.0f} % of its quota, and no datapoint says that it does",
        f"highest {figure}; by the clocks {by_clocks or 'unknown'}",
        [
            *(f"{name} at {value:.0f} %" for name, value in highest.items() if value > MAX_PERCENT),
            *(
                f"a task of {name} at {value:.0f} % by the kernel's clocks"
                for name, value in used.items()
                if value > MAX_PERCENT
            ),
        ],
        basis=Basis.DECISIONS,
    )


def cpu_agrees_with_clocks(record: ScenarioRecord) -> Check:
    """CloudWatch's CPU of each service is what its own tasks' processes used, of what they had reserved."""
    expectation = (
        f"CPU of each service is what its tasks' clocks say, by {CLOCK_POINTS:.0f} points"
        f" or {CLOCK_SHARE:.0%} of it"
    )
    if record.process_cpu is None:
        return Check("cpu_agrees_with_clocks", "pass", _OUT_OF_SIGHT, expectation, basis=Basis.CPU)
    figures: list[str] = []
    problems: list[str] = []
    late: list[str] = []
    for service in record.timeline.services:
        stretches = list(_stretches(record.timeline, service, record.process_cpu))
        if not stretches:
            late.append(f"{service.name} has no {_MIN_MINUTES} minutes in a row that can be compared")
            continue
        worst = max(stretches, key=lambda one: one.apart)
        figures.append(f"{service.name} {worst.metric:.0f} % and {worst.clocks:.0f} %")
        told = f"{figures[-1]} by the clocks, from {worst.minutes[0]:%H:%M}"
        problems += [told] if worst.apart > CLOCK_POINTS else []
        late += [told] if 0 < worst.apart <= CLOCK_POINTS else []
    return judged(
        "cpu_agrees_with_clocks",
        expectation,
        "at worst " + ", ".join(figures) if figures else "nothing to compare",
        problems,
        # Both are readings of the same clocks, which a busy host makes late and not wrong.
        basis=Basis.DECISIONS,
        late=late,
    )


def _use_of_tasks(readings: Sequence[ProcessCpu]) -> Mapping[str, Sequence[tuple[str, float]]]:
    """Percent of its quota that each task used at least from one reading to the next, by service.

    On a busy host whoever reads is interrupted between a look at the time and one at the clocks, which go on.
    """
    shares: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for task_arn, of_task in _by_task(readings).items():
        first = 0
        for number, reading in enumerate(of_task):
            elapsed = reading.at + reading.spread - of_task[first].at
            # A quota is kept over periods, and a short time between two readings has few of them.
            if elapsed >= _MIN_SECONDS:
                used = reading.seconds - of_task[first].seconds
                shares[reading.service].append((task_arn, 100.0 * used / elapsed / reading.allowed))
                first = number
    return shares


def _by_task(readings: Sequence[ProcessCpu]) -> Mapping[str, Sequence[ProcessCpu]]:
    tasks: dict[str, list[ProcessCpu]] = defaultdict(list)
    for reading in readings:
        tasks[reading.task_arn].append(reading)
    return tasks


def _stretches(
    timeline: Timeline, service: ServiceTimeline, readings: Sequence[ProcessCpu]
) -> Iterator[_Stretch]:
    tasks = {arn: of for arn, of in _by_task(readings).items() if of[0].service == service.name}
    values = {point.minute: point.value for point in service.cpu}
    row: list[datetime] = []
    ran: frozenset[str] = frozenset()
    for minute in [*sorted(values), None]:
        now = frozenset() if minute is None else _ran_throughout(timeline, service, tasks, minute)
        follows = bool(row) and minute == row[-1] + MINUTE
        if not (follows and now == ran) or not now:
            if len(row) >= _MIN_MINUTES:
                yield _stretch(timeline, row, values, [tasks[arn] for arn in ran])
            row = []
        if minute is not None and now:
            row.append(minute)
        ran = now


def _ran_throughout(
    timeline: Timeline, service: ServiceTimeline, tasks: Mapping[str, Sequence[ProcessCpu]], minute: datetime
) -> frozenset[str]:
    """Tasks that were read before and after a minute; none if others ran in it too, for a part of it."""
    start, end = timeline.time.unix(minute), timeline.time.unix(minute + MINUTE)
    whole = {arn for arn, of in tasks.items() if of[0].at <= start and of[-1].at >= end}
    partly = {arn for arn, of in tasks.items() if of[0].at < end and of[-1].at > start}
    # A task that starts is not read yet, but counts in its service's CPU.
    margin = timeline.time.seconds(_SAMPLE_MINUTES)
    counts = {
        sample.running + sample.pending
        for sample in service.samples
        if start - margin <= sample.at <= end + margin
    }
    return frozenset(whole) if whole == partly and counts == {len(whole)} else frozenset()


def _stretch(
    timeline: Timeline,
    minutes: Sequence[datetime],
    values: Mapping[datetime, float],
    tasks: Sequence[Sequence[ProcessCpu]],
) -> _Stretch:
    start, end = timeline.time.unix(minutes[0]), timeline.time.unix(minutes[-1] + MINUTE)
    used = sum(_seconds_at(of, end) - _seconds_at(of, start) for of in tasks)
    allowed = sum(of[0].allowed for of in tasks) * (end - start)
    return _Stretch(tuple(minutes), fmean(values[minute] for minute in minutes), 100.0 * used / allowed)


def _seconds_at(readings: Sequence[ProcessCpu], instant: float) -> float:
    """CPU seconds at an instant, on the line between the readings around it."""
    before = max((one for one in readings if one.at <= instant), key=lambda one: one.at)
    after = min((one for one in readings if one.at >= instant), key=lambda one: one.at)
    if after.at == before.at:
        return before.seconds
    share = (instant - before.at) / (after.at - before.at)
    return before.seconds + share * (after.seconds - before.seconds)
