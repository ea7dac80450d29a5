from dataclasses import replace

import pytest

from tests.unit.verify.fake_system import API, FakeSystem
from verify.errors import LoadError
from verify.faults import kinds, lose_task


@pytest.fixture
def system(tmp_path):
    """A system at rest."""
    return FakeSystem("http://nowhere.invalid", tmp_path / "mails.jsonl")


def test_the_tasks_budget_is_paced_but_for_the_process_itself(system):
    """Five AWS minutes, and fifteen seconds that no stage can shorten."""
    assert pytest.approx(5 * 0.25 + 15.0) == system.target().task_budget_seconds


def test_a_task_nobody_can_kill_is_only_stopped(system):
    """On AWS there is no process to reach."""
    assert ("ecs.stop_task",) == kinds(replace(system.target(), kill_task=None))


@pytest.mark.parametrize("kind", ["SIGKILL", "ecs.stop_task"])
def test_a_lost_task_is_recorded_with_its_replacement(system, kind):
    """Which, when, and what came in its place."""
    before = list(system.tasks[API])

    fault = lose_task(system.target(), kind, API, 5.0)

    assert [fault.task_arn] == system.killed
    assert set(fault.replacements) == set(system.tasks[API]) - set(before)
    assert fault.began_at <= fault.done_at <= fault.replaced_at


def test_a_task_that_is_not_replaced_in_its_budget_is_recorded_as_that(system, monkeypatch):
    """The verdict says what was missing; the scenario goes on."""
    monkeypatch.setattr(system, "kill_task", system.tasks[API].remove)

    fault = lose_task(system.target(), "SIGKILL", API, 0.3)

    assert (None, ()) == (fault.replaced_at, fault.replacements)


def test_a_service_without_tasks_cannot_lose_one(system):
    """The message says where to look."""
    system.tasks[API].clear()

    with pytest.raises(LoadError, match="runs no task"):
        lose_task(system.target(), "SIGKILL", API, 5.0)
