"""Rows of a chart: each a quantity over time, as curves in a box that is stretched to the page's width."""

from collections.abc import Sequence
from dataclasses import dataclass

from verify.record import ScenarioRecord
from verify.report import series
from verify.report.events import scaling_events
from verify.report.scale import Linear, Logarithmic, Tick, TimeAxis, spoken
from verify.report.series import Curve
from verify.timeline import ServiceTimeline
from verify.verdict.target_tracking import TARGET_PERCENT

BOX = 1000
"""Units of the stretched box in which curves are drawn, in both directions."""

_Scale = Linear | Logarithmic
_COLORS = ("api", "sender")
_CPU_TOP = 105.0


@dataclass(frozen=True)
class Path:
    """A curve.

    Attributes:
        color: Name of its colour in `verify.report.palette`.
        style: Class of its stroke or area, as in `page.css`.
        d: Path data, in the stretched box.
        name: The curve's key; empty for one that has it with another.
    """

    color: str
    style: str
    d: str
    name: str = ""


@dataclass(frozen=True)
class Sign:
    """A sign at an instant.

    Attributes:
        at: Percent of the width.
        kind: Class of the sign.
        text: What happened.
    """

    at: float
    kind: str
    text: str


@dataclass(frozen=True)
class Row:
    """One row.

    Attributes:
        name: The quantity, with its unit.
        description: The row in words, for whoever does not see it.
        ticks: Values beside its axis.
        paths: Curves, the lowest first.
        target: Percent of the height at which a dashed line lies, and its name; None without one.
        signs: Signs at its upper edge.
    """

    name: str
    description: str
    ticks: Sequence[Tick]
    paths: Sequence[Path]
    target: tuple[float, str] | None = None
    signs: Sequence[Sign] = ()

    @property
    def keys(self) -> Sequence[Path]:
        """Curves that have a name."""
        return [path for path in self.paths if path.name]


def rows(axis: TimeAxis, record: ScenarioRecord) -> Sequence[Row]:
    """Rows of what was measured, in the order in which one causes the next."""
    counted = series.bins(record)
    return [
        _requests(axis, record, counted),
        _latency(axis, record, counted),
        _errors(axis, record, counted),
        _cpu(axis, record),
        _tasks(axis, record),
        _queue(axis, record),
    ]


def _requests(axis: TimeAxis, record: ScenarioRecord, counted: series.Bins) -> Row:
    scale = Linear.over(max([*counted.accepted[1], 1.0]))
    accepted = sum(request.accepted for request in record.requests)
    return Row(
        "requests/s",
        f"{accepted} of {len(record.requests)} requests were accepted, "
        f"at most {_most(counted.accepted)} a second.",
        scale.ticks(),
        [
            Path("load", "area", _area(axis, scale, counted.accepted)),
            Path("load", "line", _steps(axis, scale, counted.accepted), "accepted"),
        ],
    )


def _latency(axis: TimeAxis, record: ScenarioRecord, counted: series.Bins) -> Row:
    scale = Logarithmic.over([*counted.median[1], *counted.p99[1]])
    median, p99 = (spoken(series.latency(record, share)) for share in (series.MEDIAN, series.P99))
    return Row(
        "latency of accepted requests",
        f"p50 was {median} and p99 {p99} over the whole scenario.",
        scale.ticks(),
        [
            Path("load", "line", _line(axis, scale, counted.median), f"p50 ({median})"),
            Path("toxic", "line", _line(axis, scale, counted.p99), f"p99 ({p99})"),
        ],
    )


def _errors(axis: TimeAxis, record: ScenarioRecord, counted: series.Bins) -> Row:
    failed = [request for request in record.requests if not request.accepted]
    scale = Linear.over(max([*counted.failed[1], 1.0]), 2)
    paths = [Path("fail", "solid", _area(axis, scale, counted.failed), f"not accepted ({len(failed)})")]
    return Row(
        "errors/s" if failed else "errors/s: none",
        f"{len(failed)} of {len(record.requests)} requests were not accepted.",
        scale.ticks() if failed else [Tick(100.0, "0")],
        paths if failed else [],
    )


def _cpu(axis: TimeAxis, record: ScenarioRecord) -> Row:
    timeline, paths, told = record.timeline, [], []
    curves = [series.cpu(timeline, service) for service in timeline.services]
    clocks = [
        series.cpu_by_clocks(timeline, record.process_cpu or (), service.name)
        for service in timeline.services
    ]
    highest = max([0.0, *(value for curve in (*curves, *clocks) for value in curve[1])])
    # A little more than all of a quota is in the granularity of its readings.
    scale = Linear(max(_CPU_TOP, highest), 50.0 if highest <= 2 * _CPU_TOP else 100.0)
    for service, color, curve, clock in zip(timeline.services, _COLORS, curves, clocks, strict=True):
        paths.append(Path(color, "line", _line(axis, scale, curve), service.name))
        paths.append(Path(color, "dots", _dots(axis, scale, curve)))
        if clock[0]:
            paths.append(
                Path(color, "dotted", _line(axis, scale, clock), f"{service.name} by process clocks")
            )
        told.append(f"{service.name} at most {_most(curve)} %")
    return Row(
        "CPU %",
        f"{'; '.join(told)}; the target is {TARGET_PERCENT:g} %.",
        scale.ticks(),
        paths,
        target=(scale.down(TARGET_PERCENT), f"target {TARGET_PERCENT:g} %"),
    )


def _tasks(axis: TimeAxis, record: ScenarioRecord) -> Row:
    """Desired as a broad pale band, running as a line upon it: both are seen wherever they differ."""
    timeline, paths, told = record.timeline, [], []
    counts = [sample.desired for service in timeline.services for sample in service.samples]
    counts += [sample.running for service in timeline.services for sample in service.samples]
    scale = Linear.over(max([*counts, 1]) + 0.4, whole=True)
    for service, color in zip(timeline.services, _COLORS, strict=True):
        wanted, there = series.desired(timeline, service), series.running(timeline, service)
        paths.append(Path(color, "band", _steps(axis, scale, wanted), f"{service.name} desired"))
        paths.append(Path(color, "line", _steps(axis, scale, there), f"{service.name} running"))
        told.append(f"{service.name} {_course(service)}")
    signs = [Sign(axis.across(event.at), "scaling", event.text) for event in scaling_events(timeline)]
    return Row("tasks", f"Desired counts: {'; '.join(told)}.", scale.ticks(), paths, signs=signs)


def _queue(axis: TimeAxis, record: ScenarioRecord) -> Row:
    depth, waiting = series.queue_depth(record.timeline), series.visible(record.timeline)
    scale = Linear.over(max([*depth[1], 1.0]), whole=True)
    return Row(
        "messages in the queue",
        f"At most {_most(depth)} messages waited or were in flight, {_most(waiting)} of them waiting.",
        scale.ticks(),
        [
            Path("queue", "area", _area(axis, scale, depth), "visible and in flight"),
            Path("queue", "line", _steps(axis, scale, waiting), "visible"),
        ],
    )


def _course(service: ServiceTimeline) -> str:
    """Desired counts one after the other: 2→3→5→2."""
    counts = [sample.desired for sample in service.samples]
    kept = [count for number, count in enumerate(counts) if number == 0 or count != counts[number - 1]]
    return "→".join(map(str, kept)) or "unknown"


def _most(curve: Curve) -> str:
    return f"{max([0.0, *curve[1]]):.0f}"


def _points(axis: TimeAxis, scale: _Scale, curve: Curve) -> list[tuple[str, str]]:
    """Places in the stretched box."""
    share = BOX / 100
    return [
        (f"{axis.across(at) * share:.4g}", f"{scale.down(value) * share:.4g}")
        for at, value in zip(*curve, strict=True)
    ]


def _line(axis: TimeAxis, scale: _Scale, curve: Curve) -> str:
    return "".join(
        f"{'L' if number else 'M'}{x} {y}" for number, (x, y) in enumerate(_points(axis, scale, curve))
    )


def _steps(axis: TimeAxis, scale: _Scale, curve: Curve) -> str:
    points = _points(axis, scale, curve)
    return "".join(f"H{x}V{y}" if number else f"M{x} {y}" for number, (x, y) in enumerate(points))


def _dots(axis: TimeAxis, scale: _Scale, curve: Curve) -> str:
    # A line of no length with round ends is a dot, whose size a stretched box does not change.
    return "".join(f"M{x} {y}h0" for x, y in _points(axis, scale, curve))


def _area(axis: TimeAxis, scale: _Scale, curve: Curve) -> str:
    points = _points(axis, scale, curve)
    return f"{_steps(axis, scale, curve)}V{BOX}H{points[0][0]}Z" if points else ""
