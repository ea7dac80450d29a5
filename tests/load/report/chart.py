"""A scenario as a picture: load, CPU, tasks and queue on one time axis."""

from io import StringIO

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tests.load.report import series
from tests.load.timeline import ScenarioRecord
from tests.load.verdict.rules import TARGET_PERCENT

_API, _SENDER, _BAD, _QUIET = "#1f5fa8", "#c26a00", "#b3261e", "#8a8f98"
_STYLE = {
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
_HEIGHTS = (2, 2.4, 2, 1.3)


def svg(record: ScenarioRecord) -> str:
    """The picture as an inline SVG element."""
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(10.4, 7.2), layout="constrained")
        rows = figure.subplots(len(_HEIGHTS), 1, sharex=True, height_ratios=_HEIGHTS)
        for draw, axes in zip((_requests, _cpu, _tasks, _queue), rows, strict=True):
            draw(axes, record)
            axes.set_ylim(bottom=0)
            _legend(axes)
            axes.grid(axis="y", color="#eceef1")
            axes.set_axisbelow(True)
            _instants(axes, record)
        _names(rows[0], record)
        rows[-1].set_xlabel("real seconds since the scenario began")
        rows[-1].set_xlim(0, max(1.0, record.timeline.ended_at - record.timeline.started_at))
        drawn = StringIO()
        figure.savefig(drawn, format="svg", metadata={"Date": None, "Creator": None})
    text = drawn.getvalue()
    return text[text.index("<svg") :]


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
    timeline = record.timeline
    for service, color in zip(timeline.services, (_API, _SENDER), strict=True):
        axes.step(
            *series.desired(timeline, service),
            where="post",
            color=color,
            linestyle=":",
            label=f"{service.name} desired",
        )
        axes.step(
            *series.running(timeline, service), where="post", color=color, label=f"{service.name} running"
        )
    axes.set_ylabel("tasks")
    axes.yaxis.get_major_locator().set_params(integer=True)


def _queue(axes: Axes, record: ScenarioRecord) -> None:
    seconds, depth = series.queue_depth(record.timeline)
    axes.fill_between(seconds, depth, color=_QUIET, alpha=0.5, step="post")
    axes.set_ylabel("in the queue")


def _legend(axes: Axes) -> None:
    """Beside the row, where no curve can be."""
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))


def _instants(axes: Axes, record: ScenarioRecord) -> None:
    began = record.timeline.started_at
    for mark in record.marks:
        axes.axvline(mark.at - began, color=_QUIET, linewidth=0.8)
    for fault in record.faults:
        axes.axvline(fault.began_at - began, color=_BAD, linewidth=0.8)


def _names(axes: Axes, record: ScenarioRecord) -> None:
    """What the vertical lines stand for, above the first row."""
    began = record.timeline.started_at
    named = [(mark.at, mark.label, _QUIET) for mark in record.marks]
    named += [(fault.began_at, f"{fault.kind} {fault.service}", _BAD) for fault in record.faults]
    for at, label, color in named:
        axes.annotate(
            label,
            (at - began, 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(2, 2),
            textcoords="offset points",
            rotation=25,
            fontsize=7.5,
            color=color,
        )
