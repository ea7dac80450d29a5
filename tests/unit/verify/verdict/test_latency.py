from dataclasses import replace

import pytest

from tests.unit.verify import runs
from tests.unit.verify.runs import autoscaling_run, datapoints, real, with_api
from verify.verdict.latency import latency_bounded


def slow(run, seconds, since, until):
    """The run, with answers between two minutes so much later."""
    return replace(
        run,
        requests=tuple(
            replace(one, finished_at=one.finished_at + seconds)
            if real(since) <= one.started_at < real(until)
            else one
            for one in run.requests
        ),
    )


def plateau(*values, maximum=8):
    """A run whose last tasks run from minute 13.1 on, with that CPU until the plateau ends at 18."""
    cpu = datapoints([30.0] * 5 + [100.0] * 8 + [*values] + [3.0] * 20)
    run = with_api(autoscaling_run(), cpu=cpu, maximum=maximum)
    return replace(run, high_load=(real(5), real(18)))


@pytest.mark.parametrize(
    ("until", "outcome"), [(15, "pass"), (16, "pass"), (18, "fail")], ids=["at once", "soon", "never"]
)
def test_what_waited_for_the_last_tasks_is_worked_off_before_answers_are_judged(until, outcome):
    """As long as the CPU is over its target they still work on what came before them."""
    run = slow(plateau(100.0, 90.0, 85.0, 64.0, 64.0), 1.0, 13, until)

    assert outcome == latency_bounded(run).outcome


def test_one_hot_minute_later_on_hides_nothing():
    """The fleet has been calm before it."""
    run = slow(plateau(90.0, 64.0, 64.0, 64.0, 72.0), 1.0, 14, 18)

    assert "fail" == latency_bounded(run).outcome


@pytest.mark.parametrize(("seconds", "outcome"), [(2.5, "pass"), (3.5, "fail")])
def test_a_fleet_that_is_used_up_at_its_maximum_has_a_queue(seconds, outcome):
    """It may not grow, and answers late for as long as the load lasts; not later than anybody waits."""
    run = slow(plateau(*[100.0] * 5, maximum=6), seconds, 13, 18)

    assert outcome == latency_bounded(run).outcome


def test_a_fleet_that_stays_hot_below_its_maximum_is_judged_all_the_same():
    """It may grow, so nobody need wait."""
    assert "fail" == latency_bounded(slow(plateau(*[100.0] * 5), 1.0, 13, 18)).outcome


def test_a_fleet_at_its_maximum_that_is_calm_has_no_excuse():
    """It carries its load."""
    assert "fail" == latency_bounded(slow(plateau(*[64.0] * 5, maximum=6), 1.0, 13, 18)).outcome


def test_the_correct_run_passes():
    """It is what the others differ from in one thing."""
    assert "pass" == latency_bounded(runs.autoscaling_run()).outcome
