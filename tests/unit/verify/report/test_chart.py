import re
from dataclasses import replace

import pytest

from tests.unit.verify import runs
from tests.unit.verify.report import eventful
from tests.unit.verify.report.sessions import calm_run
from verify.report.chart import chart
from verify.report.rows import BOX

NAMES = [
    "requests/s",
    "latency of accepted requests",
    "errors/s",
    "CPU %",
    "tasks",
    "messages in the queue",
]


@pytest.fixture(scope="module")
def drawn():
    """The chart of a run in which everything happens."""
    return chart(eventful.run())


def row(drawn, name):
    """A row by its name."""
    return next(each for each in drawn.rows if each.name == name)


def keys(drawn, name):
    """Names of a row's curves."""
    return [path.name for path in row(drawn, name).keys]


def test_a_chart_has_a_row_for_each_quantity(drawn):
    """Over one time axis, in the order in which one causes the next."""
    assert NAMES == [each.name for each in drawn.rows]


def test_latency_is_told_as_median_and_99th_percentile(drawn):
    """With the figures of the whole scenario in the key."""
    assert [True, True] == [
        bool(re.fullmatch(rf"{share} \(\d+ ms\)", name))
        for share, name in zip(("p50", "p99"), keys(drawn, "latency of accepted requests"), strict=True)
    ]


def test_cpu_is_held_against_its_target(drawn):
    """70 % lies a third below the upper edge, and independent readings have curves of their own."""
    cpu = row(drawn, "CPU %")

    assert (33.33, "target 70 %") == cpu.target
    assert [("0", 100.0), ("50", 52.38), ("100", 4.76)] == [(tick.label, tick.at) for tick in cpu.ticks]
    assert [
        "notification-api",
        "notification-api by process clocks",
        "email-sender",
        "email-sender by process clocks",
    ] == keys(drawn, "CPU %")
    assert "notification-api at most 100 %" in cpu.description


def test_cpu_without_readings_of_process_clocks_has_no_curve_of_them():
    """On AWS nobody can read them."""
    record = replace(eventful.run(), process_cpu=None)

    assert ["notification-api", "email-sender"] == keys(chart(record), "CPU %")


def test_tasks_are_told_as_desired_and_running_with_the_activities(drawn):
    """For both services; each scaling activity is a sign that says what it set."""
    tasks = row(drawn, "tasks")

    assert [f"{name} {kind}" for name in (runs.API, runs.SENDER) for kind in ("desired", "running")] == keys(
        drawn, "tasks"
    )
    assert 7 == len(tasks.signs)
    assert "notification-api: desired count set to 3" == tasks.signs[0].text
    assert pytest.approx(100 * 8.1 / 60, abs=0.01) == tasks.signs[0].at
    assert "Desired counts: notification-api 2→3→5→7→2; email-sender 1→2→3→1." == tasks.description


def test_errors_are_counted(drawn):
    """A row without any says so and has no curve, so that nobody looks for one."""
    failed = sum(not request.accepted for request in eventful.run().requests)

    assert failed > 0
    assert [f"not accepted ({failed})"] == keys(drawn, "errors/s")
    assert [] == row(chart(calm_run()), "errors/s: none").paths


def test_load_and_faults_are_lines_through_all_rows(drawn):
    """At the instants at which they began."""
    assert [("load", 0.0), ("load", 8.33), ("load", 75.0), ("load", 96.67)] == [
        (line.kind, line.at) for line in drawn.lines if line.kind == "load"
    ]
    assert [("SIGKILL email-sender", 20.0), ("SIGSTOP notification-api", 30.0)] == [
        (line.text, line.at) for line in drawn.lines if line.kind == "fault"
    ][:2]


def test_starved_minutes_are_spans(drawn):
    """Where CPU says nothing, a reader of the chart must see it."""
    assert [(26.67, 1.66), (28.33, 1.67)] == [(span.start, span.width) for span in drawn.starved]


def test_a_label_ends_at_its_bar_where_there_is_no_room_after_it(drawn):
    """At the right edge; all others begin with their bar, and have room up to the next one."""
    spans = {span.label: span for strip in drawn.strips for span in strip.spans if span.label}

    assert {"ended": True, "rate 0.5": True, "60/s": False, "10/s": False} == {
        label: spans[label].leftward for label in ("ended", "rate 0.5", "60/s", "10/s")
    }
    assert (66.67, 60.0) == (spans["60/s"].room, spans["latency 500, jitter 100"].room)


def test_every_curve_lies_within_its_box(drawn):
    """A point outside would make the page broader than a phone."""
    for each in (*drawn.rows, *chart(runs.lost_task_run()).rows):
        for path in each.paths:
            numbers = [float(number) for number in re.findall(r"-?[\d.]+(?:e[+-]?\d+)?", path.d)]
            assert numbers
            assert 0 <= min(numbers) <= max(numbers) <= BOX


def test_the_same_run_makes_the_same_chart(drawn):
    """A report can be compared with another, and another run makes another one."""
    assert drawn == chart(eventful.run())
    assert drawn != chart(runs.autoscaling_run())


def test_a_run_without_anything_in_it_still_has_a_chart():
    """It is then that somebody looks for the cause."""
    run = runs.with_timeline(replace(runs.autoscaling_run(), requests=(), marks=()), queue=())
    run = runs.with_timeline(runs.with_api(run, cpu=(), activities=(), samples=()), ended_at=runs.real(0))

    assert NAMES == [each.name.removesuffix(": none") for each in chart(run).rows]
