import signal
from dataclasses import replace
from threading import Barrier

import pytest

from tests.unit.verify.fake_system import API, SENDER, FakeSystem
from tests.waiting import SOON
from verify.errors import LoadError
from verify.faults import HANG, KILL, MEMORY, SPOT, STOP, hold_seconds, kinds, lose_tasks

ALL = (KILL, HANG, MEMORY, SPOT, STOP)


@pytest.fixture
def system(tmp_path):
    """A system at rest."""
    return FakeSystem("http://nowhere.invalid", tmp_path / "mails.jsonl")


def test_the_tasks_budget_is_paced_but_for_the_process_itself(system):
    """Five AWS minutes, and fifteen seconds that no stage can shorten."""
    assert pytest.approx(5 * 0.25 + 15.0) == system.target().task_budget_seconds


def test_a_task_that_nobody_can_reach_is_only_stopped(system):
    """On AWS there is no process to signal, and Spot takes back what it likes."""
    out_of_reach = {"kill_task": None, "signal_task": None, "exhaust_memory": None, "take_back": None}

    assert (STOP,) == kinds(replace(system.target(), **out_of_reach), *ALL)
    assert ALL == kinds(system.target(), *ALL)


@pytest.mark.parametrize("kind", ALL)
def test_a_lost_task_is_recorded_with_its_replacement(system, kind):
    """Which, when, and what came in its place."""
    before = list(system.tasks[API])

    (fault,) = lose_tasks(system.target(), [(kind, API)], 5.0)

    assert (kind, API, before[0]) == (fault.kind, fault.service, fault.task_arn)
    assert [(kind, before[0])] == system.lost
    assert set(fault.replacements) == set(system.tasks[API]) - set(before)
    assert fault.began_at <= fault.done_at <= fault.replaced_at


def test_tasks_are_lost_at_once_and_each_is_another(system, monkeypatch):
    """Two of one service and one of the other: none is lost before all are about to be."""
    together, lose = Barrier(3, timeout=SOON), system.lose
    monkeypatch.setattr(system, "lose", lambda *lost: together.wait() >= 0 and lose(*lost))
    before = {API: list(system.tasks[API]), SENDER: list(system.tasks[SENDER])}
    wanted = [(KILL, API), (STOP, API), (KILL, SENDER)]

    faults = lose_tasks(system.target(), wanted, 5.0)

    assert wanted == [(fault.kind, fault.service) for fault in faults]
    assert {*before[API], *before[SENDER]} == {fault.task_arn for fault in faults}


def test_a_task_stands_still_before_it_is_killed(system):
    """Requests gather at it for as long as is wanted, so that some are in flight when it dies."""
    (fault,) = lose_tasks(system.target(), [(KILL, API)], 5.0, hold_seconds=0.05)

    assert [signal.SIGSTOP] == [number for _, number in system.signals]
    assert fault.done_at - fault.began_at >= 0.05


@pytest.mark.parametrize(("rate", "tasks", "requests", "seconds"), [(160, 8, 2, 0.1), (30, 2, 1, 1 / 15)])
def test_a_task_stands_still_for_its_share_of_the_requests(rate, tasks, requests, seconds):
    """A load balancer gives each task its turn."""
    assert pytest.approx(seconds) == hold_seconds(rate, tasks, requests)


def test_a_task_that_is_not_replaced_in_its_budget_is_recorded_as_that(system, monkeypatch):
    """The verdict says what was missing; the scenario goes on."""
    monkeypatch.setattr(system, "kill_task", system.tasks[API].remove)

    (fault,) = lose_tasks(system.target(), [(KILL, API)], 0.3)

    assert (None, ()) == (fault.replaced_at, fault.replacements)


def test_a_service_cannot_lose_more_tasks_than_it_runs(system):
    """The message says where to look, and no task is lost."""
    with pytest.raises(LoadError, match=f"{SENDER} runs 1 of the 2 tasks .*describe_services"):
        lose_tasks(system.target(), [(KILL, API), (KILL, SENDER), (KILL, SENDER)], 5.0)

    assert [] == system.lost


def test_where_nothing_can_be_done_nothing_is_lost(system):
    """A scenario asks for what can be done to its target, which may be nothing."""
    assert () == lose_tasks(system.target(), [], 5.0)


def test_what_cannot_be_done_is_an_error(system):
    """A scenario asks for what can be done first."""
    with pytest.raises(LoadError, match="SIGKILL cannot be done to fake"):
        lose_tasks(replace(system.target(), kill_task=None), [(KILL, API)], 5.0)
