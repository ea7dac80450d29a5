from dataclasses import replace

import pytest

from tests.unit.verify import runs
from tests.unit.verify.report import eventful
from tests.unit.verify.report.sessions import calm_run
from verify.record import ProcessCpu, Request
from verify.report import series
from verify.timeline import QueueSample


def test_rates_are_counted_by_the_second_of_the_answer():
    """20 a second were accepted, and one failed in second 18."""
    run = runs.with_request(calm_run(), Request(runs.real(9), runs.real(9) + 0.1, 503))

    counted = series.bins(run)

    assert 1.0 == counted.width
    assert 20 == counted.accepted[1][5]
    assert {18: 1} == {int(at): count for at, count in zip(*counted.failed, strict=True) if count}


def test_a_long_run_has_no_more_bins_than_a_chart_has_room_for():
    """Half an hour at a second each would be 1,800 points a curve; a bin's rate is still one a second."""
    run = runs.autoscaling_run()
    long = runs.with_timeline(run, ended_at=runs.real(0) + 1800)

    counted = series.bins(long)

    assert 6.0 == counted.width
    assert 301 == len(counted.accepted[0])
    assert pytest.approx(20.0) == counted.accepted[1][5]


def test_each_bin_has_the_percentiles_of_its_own_answers():
    """A bin in which nothing was accepted has none."""
    began = runs.real(0)
    requests = [Request(began + 0.1, began + 0.1 + n / 1000, 202, f"n-{n}") for n in range(1, 101)]
    requests.append(Request(began + 5.1, began + 5.6, 202, "late"))
    counted = series.bins(replace(runs.autoscaling_run(), requests=tuple(requests)))

    assert [0.5, 5.5] == list(counted.median[0])
    assert [pytest.approx(0.051, abs=1e-5), pytest.approx(0.5)] == list(counted.median[1])
    assert [pytest.approx(0.1, abs=1e-5), pytest.approx(0.5)] == list(counted.p99[1])


def test_failures_are_counted_by_status_and_words():
    """The most frequent first; a request without an answer has no status."""
    refused = Request(0.0, 1.0, 503, error="reset")
    run = replace(runs.autoscaling_run(), requests=(Request(0.0, 1.0, 0), refused, refused))

    assert [("503, reset", 2), ("no answer", 1)] == list(series.failures(run))


def test_a_datapoint_is_drawn_at_the_end_of_its_minute():
    """Before that nobody could know it."""
    run = runs.autoscaling_run()

    assert pytest.approx(2.0) == series.cpu(run.timeline, run.timeline.api)[0][0]


def test_process_clocks_are_added_up_over_the_tasks_of_a_service():
    """One task used all of its quota, the other half of it, and another service's is not counted."""
    began = runs.real(0)
    readings = [
        ProcessCpu(began + at, service, task, at * share * 0.2, 0.2)
        for at in (0.0, 1.0, 1.9)
        for service, task, share in (("api", "a", 1.0), ("api", "b", 0.5), ("sender", "c", 0.1))
    ]

    ends, values = series.cpu_by_clocks(runs.autoscaling_run().timeline, readings, "api")

    assert ([2.0], [pytest.approx(75.0)]) == (list(ends), list(values))


def test_a_clock_that_went_back_is_another_process():
    """What a task used before it was started again is not subtracted."""
    began = runs.real(0)
    readings = [
        ProcessCpu(began + at, "api", "a", used, 1.0) for at, used in ((0, 9.0), (1, 0.5), (1.5, 0.75))
    ]

    _, values = series.cpu_by_clocks(runs.autoscaling_run().timeline, readings, "api")

    assert [pytest.approx(50.0)] == list(values)


def test_a_count_is_kept_where_it_changes():
    """Two samples a second of a constant show nothing; the last one says how long it was so."""
    samples = [QueueSample(runs.real(0) + at, visible, 1) for at, visible in enumerate([0, 0, 5, 5, 5, 0, 0])]
    timeline = runs.with_timeline(runs.autoscaling_run(), queue=tuple(samples)).timeline

    assert ([0, 2, 5, 6], [1, 6, 1, 1]) == series.queue_depth(timeline)
    assert ([0, 2, 5, 6], [0, 5, 0, 0]) == series.visible(timeline)


def test_latency_is_read_from_accepted_requests():
    """A refusal is quick and says nothing."""
    run = replace(runs.autoscaling_run(), requests=[Request(0.0, float(n), 202, "n") for n in range(1, 101)])

    assert (51.0, 100.0, 0.0) == (
        series.latency(run, series.MEDIAN),
        series.latency(run, series.P99),
        series.latency(replace(run, requests=()), series.MEDIAN),
    )


def test_the_hours_curves_stay_small():
    """Of thousands of requests and samples a page keeps what can be seen."""
    counted = series.bins(eventful.run())

    assert len(counted.accepted[0]) <= 301
    assert len(series.desired(eventful.run().timeline, eventful.run().timeline.api)[0]) < 10
