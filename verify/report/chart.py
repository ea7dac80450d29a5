"""A scenario as rows of bars and curves over one time axis, ready to be drawn by `chart.html.j2`.

Every row is an SVG that is as broad as its page. Places along the time axis are percentages and curves are
drawn in a box that is stretched, so that letters and strokes keep their size on a phone and on paper.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from verify.aws_time import MINUTE
from verify.record import ScenarioRecord
from verify.report.events import Lane, lanes
from verify.report.rows import Row, Sign, rows
from verify.report.scale import Tick, TimeAxis

# Percent of a phone's width that the longest usual label takes.
_LABEL_PERCENT = 20.0


@dataclass(frozen=True)
class Span:
    """A part of the time axis.

    Attributes:
        start: Percent of the width.
        width: The same.
        label: Text that begins at its start, or ends there.
        text: All that is known of it.
        room: Percent of the width that the label has.
        leftward: Whether the label ends at the start, because there is more room.
    """

    start: float
    width: float
    label: str = ""
    text: str = ""
    room: float = 0.0
    leftward: bool = False


@dataclass(frozen=True)
class Strip:
    """A lane of bars, placed on the time axis."""

    lane: Lane
    spans: Sequence[Span]


@dataclass(frozen=True)
class Chart:
    """All rows of a scenario.

    Attributes:
        strips: What was done to the system, and which alarms went off.
        rows: What was measured.
        minutes: Ticks of the time axis in AWS minutes.
        seconds: The same in real seconds.
        lines: Instants at which the load changed or a task was taken away, through all rows.
        starved: AWS minutes in which the host had no room for the tasks: their CPU says nothing.
    """

    strips: Sequence[Strip]
    rows: Sequence[Row]
    minutes: Sequence[Tick]
    seconds: Sequence[Tick]
    lines: Sequence[Sign] = ()
    starved: Sequence[Span] = field(default_factory=tuple)


def chart(record: ScenarioRecord) -> Chart:
    """The chart of what was recorded."""
    timeline = record.timeline
    axis = TimeAxis(max(1.0, timeline.ended_at - timeline.started_at), timeline.time.minute_seconds)
    return Chart(
        [_strip(axis, lane) for lane in lanes(record)],
        rows(axis, record),
        axis.minutes(),
        axis.seconds(),
        _lines(axis, record),
        _starved(axis, record),
    )


def _strip(axis: TimeAxis, lane: Lane) -> Strip:
    """Bars with room for their labels: up to the next bar or, where that is too little, before the bar."""
    starts = [axis.across(bar.start) for bar in lane.bars]
    spans = []
    for number, (bar, start) in enumerate(zip(lane.bars, starts, strict=True)):
        ahead = (starts[number + 1] if number + 1 < len(starts) else 100.0) - start
        # The bar before has its own label at its left end.
        behind = (start - starts[number - 1] if number else start) * 2 / 3
        leftward = ahead < min(behind, _LABEL_PERCENT)
        room = round(behind if leftward else ahead, 2)
        width = round(axis.across(bar.end) - start, 2)
        spans.append(Span(start, width, bar.label, bar.text, room, leftward))
    return Strip(lane, spans)


def _lines(axis: TimeAxis, record: ScenarioRecord) -> Sequence[Sign]:
    began = record.timeline.started_at
    load = [Sign(axis.across(mark.at - began), "load", mark.label) for mark in record.marks]
    faults = [Sign(axis.across(f.began_at - began), "fault", f"{f.kind} {f.service}") for f in record.faults]
    return load + faults


def _starved(axis: TimeAxis, record: ScenarioRecord) -> Sequence[Span]:
    timeline, spans = record.timeline, []
    for minute in timeline.starved_minutes:
        start, end = (
            axis.across(timeline.time.unix(at) - timeline.started_at) for at in (minute, minute + MINUTE)
        )
        spans.append(Span(start, round(end - start, 2)))
    return spans
