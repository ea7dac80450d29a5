from dataclasses import replace

import pytest

from tests.unit.verify import runs
from verify.verdict.plateaus import plateaus_at_arithmetic


def steps_run(desired=6, high=64.0, low=30.0, shrunk=3):
    """A plateau until minute 18 with so many tasks, another until minute 37."""
    run = runs.autoscaling_run()
    api = replace(
        run.timeline.api,
        maximum=8,
        samples=runs.samples([(0, 2), (10, desired), (34, shrunk)], 38),
        cpu=runs.datapoints([high] * 18 + [low] * 16 + [60.0 if shrunk < desired else low] * 4),
    )
    plateaus = ((runs.real(5), runs.real(18)), (runs.real(18), runs.real(37.9)))
    return replace(runs.with_timeline(run, api=api), plateaus=plateaus)


def test_a_fleet_that_carries_each_plateau_passes():
    """Six tasks at 64 %, three at 60 %."""
    check = plateaus_at_arithmetic(steps_run())

    assert ("pass", "6, 3") == (check.outcome, check.figure)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"high": 80.0}, "plateau 1 ends with 6 tasks over 70 %"),
        ({"shrunk": 6, "low": 30.0}, "plateau 2 ends with 6 tasks, where 30 % ask for 3"),
    ],
)
def test_a_fleet_that_ignores_its_cpu_fails(changes, words):
    """The sentence says which plateau, and what was asked for."""
    assert words == plateaus_at_arithmetic(steps_run(**changes)).detail


def test_a_fleet_at_its_maximum_cannot_grow():
    """It has what it may have."""
    run = steps_run(high=80.0)
    full = runs.with_timeline(run, api=replace(run.timeline.api, maximum=6))

    assert "pass" == plateaus_at_arithmetic(full).outcome


def test_a_run_without_plateaus_proves_nothing():
    """Nobody knows when the load changed."""
    assert "fail" == plateaus_at_arithmetic(replace(steps_run(), plateaus=())).outcome
