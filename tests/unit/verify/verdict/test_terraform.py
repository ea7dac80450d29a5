from dataclasses import replace

import pytest

from tests.unit.verify import runs
from verify.record import Mark
from verify.verdict.terraform import SECOND_PLAN, second_plan_empty


def planned(*changes, at=20.0):
    """A run with a plan that was made at this minute."""
    run = runs.autoscaling_run()
    marks = tuple(mark for mark in run.marks if mark.label != SECOND_PLAN)
    return replace(run, planned_changes=changes, marks=(*marks, Mark(runs.real(at), SECOND_PLAN)))


def test_a_plan_without_changes_passes():
    """The figure says that the fleet was larger than it is declared."""
    check = second_plan_empty(planned())

    assert ("pass", "0 changes, 6 tasks desired, the minimum is 2") == (check.outcome, check.figure)


def test_a_plan_with_changes_names_them():
    """A lost `ignore_changes` shows as the service itself."""
    check = second_plan_empty(planned("module.notification_api.aws_ecs_service.this"))

    assert "fail" == check.outcome
    assert "module.notification_api.aws_ecs_service.this" in check.detail


@pytest.mark.parametrize("minute", [3.0, 36.0])
def test_a_plan_at_the_minimum_proves_nothing(minute):
    """What is desired is what is declared then, whether scaling may change it or not."""
    check = second_plan_empty(planned(at=minute))

    assert "fail" == check.outcome
    assert "no more tasks were desired than the minimum" in check.detail


def test_a_plan_that_was_never_begun_fails():
    """Nobody knows how many tasks were desired then."""
    assert "fail" == second_plan_empty(replace(planned(), marks=())).outcome


def test_without_a_state_no_plan_can_be_made():
    """Whoever has it plans by hand: the figure says so."""
    check = second_plan_empty(replace(runs.autoscaling_run(), planned_changes=None))

    assert ("pass", "no plan can be made from here") == (check.outcome, check.figure)
