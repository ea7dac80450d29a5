from dataclasses import replace
from datetime import timedelta

import pytest

from tests.unit.verify import runs
from verify.timeline import Datapoint, Policy
from verify.verdict.scale_out_time import fine_scale_out, scale_out_in_time


def spike_run(minutes=5.0, desired=3, metric=runs.CPU, seconds=20):
    """Load jumps at minute 5; the fleet goes from two tasks to three so many minutes later."""
    run = runs.autoscaling_run()
    at = 5.0 + minutes
    api = runs.service(
        runs.API,
        2,
        6,
        policies=(Policy("cpu", metric, 70.0, 60.0),),
        samples=runs.samples([(0, 2), (at, desired)], 38, lag=0.5),
        activities=(runs.activity(at, desired),),
    )
    fine = tuple(
        Datapoint(runs.moment(4) + timedelta(seconds=seconds * number), 30.0 if number < 3 else 100.0)
        for number in range(60)
    )
    return replace(runs.with_timeline(run, api=api), high_load=(runs.real(5), runs.real(20)), fine_cpu=fine)


@pytest.mark.parametrize(
    ("minutes", "metric", "outcome"),
    [
        (5.0, runs.CPU, "pass"),
        (9.0, runs.CPU, "fail"),
        (1.5, f"{runs.CPU}HighResolution", "pass"),
        (3.0, f"{runs.CPU}HighResolution", "fail"),
    ],
)
def test_the_scale_out_begins_as_soon_as_on_aws(minutes, metric, outcome):
    """363 s by the minute, 86 s by twenty seconds, and two datapoints more."""
    assert outcome == scale_out_in_time(spike_run(minutes, metric=metric)).outcome


def test_both_times_stand_beside_aws_s_own():
    """In AWS seconds, and in those that it took here."""
    figure = scale_out_in_time(spike_run()).figure

    assert (
        "300 AWS seconds (10.0 s here; AWS 363 s), 3 tasks run after 330 (11.0 s here; AWS 386 s)" == figure
    )


def test_a_fleet_that_never_grows_fails():
    """There is no time to tell."""
    run = spike_run()

    assert (
        "fail"
        == scale_out_in_time(runs.with_timeline(run, api=replace(run.timeline.api, activities=()))).outcome
    )


def test_tasks_that_never_run_fail():
    """A scale-out that is begun carries nothing."""
    run = spike_run()
    stuck = tuple(replace(sample, running=2) for sample in run.timeline.api.samples)

    assert (
        "its tasks never ran"
        == scale_out_in_time(runs.with_timeline(run, api=replace(run.timeline.api, samples=stuck))).detail
    )


@pytest.mark.parametrize(
    ("minutes", "desired", "outcome"),
    [(1.5, 3, "pass"), (1.5, 4, "fail"), (0.8, 3, "fail")],
)
def test_a_step_follows_its_three_fine_datapoints(minutes, desired, outcome):
    """Two tasks at 100 % are three at 70 %, and not before a minute has passed."""
    assert outcome == fine_scale_out(spike_run(minutes, desired)).outcome


def test_a_run_without_a_step_proves_no_arithmetic():
    """The policy was another one, or the load too light."""
    run = spike_run()

    assert (
        "fail"
        == fine_scale_out(runs.with_timeline(run, api=replace(run.timeline.api, activities=()))).outcome
    )
