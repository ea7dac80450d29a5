"""A scenario as a picture: load, CPU, tasks and queue on one time axis."""

from collections.abc import Sequence
from io import StringIO
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, MultipleLocator

from verify.aws_time import MINUTE
from verify.report import series
from verify.report.lanes import Label, lanes
from verify.timeline import ScenarioRecord
from verify.verdict.target_tracking import TARGET_PERCENT

_API, _SENDER, _BAD, _QUIET = "#1f5fa8", "#b45f06", "#b3261e", "#6b7280"
_STYLE: dict[Any, Any] = {
    # Text stays text: it takes the page's font and can be searched.
    "svg.fonttype": "none",
    # Same input, same picture.
    "svg.hashsalt": "verdict",
    "font.size": 9,
    "axes.edgecolor": "#c9cdd3",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.labelcolor": "#3b4048",
    "xtick.color": "#3b4048",
    "ytick.color": "#3b4048",
    "legend.frameon": False,
    "legend.fontsize": 8,
}
_ROWS = (1.35, 1.7, 1.5, 0.95)
# Inches, and points for what is made of letters.
_WIDTH, _LEFT, _RIGHT, _GAP, _BELOW = 10.4, 0.75, 1.75, 0.22, 0.95
_LANE, _LETTER = 0.17, 4.6
# More labels than this would touch.
_MAX_TICKS = 12
_STEPS = (1, 2, 5, 10, 15, 30, 60)


def svg(record: ScenarioRecord) -> str:
    """The picture as an inline SVG element."""
    length = max(1.0, record.timeline.ended_at - record.timeline.started_at)
    letter = _LETTER / 72 / (_WIDTH - _LEFT - _RIGHT) * length
    placed = lanes(_labels(record), letter)
    with mpl.rc_context(_STYLE):
        figure, rows = _figure(1 + max((lane for _, lane in placed), default=-1))
        for draw, axes in zip((_requests, _cpu, _tasks, _queue), rows, strict=True):
            draw(axes, record)
            axes.set_ylim(bottom=0)
            _legend(axes)
            axes.grid(axis="y", color="#eceef1")
            axes.set_axisbelow(True)
            _starved(axes, record)
            for label, _ in placed:
                axes.axvline(label.at, color=_color(label), linewidth=0.8)
        _names(rows[0], placed)
        _time(rows, record, length)
        figure.align_ylabels(rows)
        drawn = StringIO()
        figure.savefig(drawn, format="svg", metadata={"Date": None, "Creator": None})
    text = drawn.getvalue()
    return text[text.index("<svg") :]


def _figure(lane_count: int) -> tuple[Figure, Sequence[Axes]]:
    """A figure with one row below the other, and room above them for lanes of labels."""
    above = _LANE * lane_count + 0.1
    height = above + sum(_ROWS) + _GAP * (len(_ROWS) - 1) + _BELOW
    figure = Figure(figsize=(_WIDTH, height))
    rows = figure.subplots(len(_ROWS), 1, sharex=True, height_ratios=_ROWS)
    figure.subplots_adjust(
        left=_LEFT / _WIDTH,
        right=1 - _RIGHT / _WIDTH,
        top=1 - above / height,
        bottom=_BELOW / height,
        hspace=_GAP / (sum(_ROWS) / len(_ROWS)),
    )
    return figure, rows


def _requests(axes: Axes, record: ScenarioRecord) -> None:
    rates = series.rates(record)
    axes.plot(*rates.accepted, color=_API, label="accepted")
    if any(rates.failed[1]):
        axes.bar(*rates.failed, color=_BAD, width=1.0, label="failed")
    axes.set_ylabel("requests/s")


def _cpu(axes: Axes, record: ScenarioRecord) -> None:
    timeline = record.timeline
    for service, color in zip(timeline.services, (_API, _SENDER), strict=True):
        axes.plot(*series.cpu(timeline, service), color=color, marker=".", markersize=4, label=service.name)
    axes.axhline(
        TARGET_PERCENT, color=_BAD, linewidth=1, linestyle="--", label=f"target {TARGET_PERCENT:g} %"
    )
    axes.set_ylabel("CPU %")
    axes.set_ylim(top=max(105.0, axes.get_ylim()[1]))


def _tasks(axes: Axes, record: ScenarioRecord) -> None:
    """Desired as a broad pale band, running as a line upon it: both are seen wherever they differ."""
    timeline = record.timeline
    for service, color in zip(timeline.services, (_API, _SENDER), strict=True):
        desired, running = series.desired(timeline, service), series.running(timeline, service)
        label = f"{service.name} desired"
        axes.step(
            *desired, where="post", color=color, label=label, linewidth=6, alpha=0.25, solid_capstyle="butt"
        )
        axes.step(*running, where="post", color=color, linewidth=1.4, label=f"{service.name} running")
    axes.set_ylabel("tasks")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_ylim(top=axes.get_ylim()[1] + 0.5)


def _queue(axes: Axes, record: ScenarioRecord) -> None:
    seconds, depth = series.queue_depth(record.timeline)
    axes.fill_between(seconds, depth, color=_QUIET, alpha=0.45, linewidth=0, step="post", label="queue")
    axes.set_ylabel("messages")
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))


def _legend(axes: Axes) -> None:
    """Draw the legend beside its row, where no curve can be."""
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.05), borderaxespad=0.2)


def _starved(axes: Axes, record: ScenarioRecord) -> None:
    """Shade the minutes in which the host had no room for the tasks: their CPU says nothing."""
    timeline = record.timeline
    for minute in timeline.starved_minutes:
        start, end = (timeline.time.unix(at) - timeline.started_at for at in (minute, minute + MINUTE))
        axes.axvspan(start, end, color=_QUIET, alpha=0.15, linewidth=0)


def _labels(record: ScenarioRecord) -> list[Label]:
    began = record.timeline.started_at
    marks = [Label(mark.at - began, mark.label) for mark in record.marks]
    faults = [Label(f.began_at - began, f"{f.kind} {f.service}", is_fault=True) for f in record.faults]
    return marks + faults


def _names(axes: Axes, placed: Sequence[tuple[Label, int]]) -> None:
    """Labels of the vertical lines: above the first row, each beside its own line."""
    for label, lane in placed:
        line = {"arrowstyle": "-", "color": _color(label), "linewidth": 0.8, "relpos": (0, 0)}
        axes.annotate(
            f" {label.text}",
            xy=(label.at, 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(0, 72 * (0.05 + _LANE * lane)),
            textcoords="offset points",
            fontsize=7.5,
            color=_color(label),
            arrowprops={**line, "shrinkA": 0, "shrinkB": 0},
            annotation_clip=False,
        )


def _color(label: Label) -> str:
    return _BAD if label.is_fault else _QUIET


def _time(rows: Sequence[Axes], record: ScenarioRecord, length: float) -> None:
    """Label the time axis: AWS minutes, and below them the seconds that they really took."""
    last, minute = rows[-1], record.timeline.time.minute_seconds
    last.set_xlim(0, length)
    minutes = length / minute
    step = next((step for step in _STEPS if minutes / step <= _MAX_TICKS), _STEPS[-1])
    last.xaxis.set_major_locator(MultipleLocator(step * minute))
    last.xaxis.set_major_formatter(FuncFormatter(lambda seconds, _: f"{seconds / minute:g}"))
    last.set_xlabel("AWS minutes", labelpad=1)
    below = last.secondary_xaxis(-0.5)
    below.spines["bottom"].set_visible(True)
    below.set_xlabel("real seconds", labelpad=1)
