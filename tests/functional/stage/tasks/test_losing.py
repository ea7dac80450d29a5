"""Each test takes a real process away in one of the ways in which a host loses it."""

import signal
from pathlib import Path

import pytest

from stage.cpu.processes import children_by_parent
from stage.errors import StageError
from stage.tasks.memory import MemoryWatch, resident_bytes
from tests.waiting import SOON, START, eventually

_MIB = 1024 * 1024


@pytest.fixture
def arn(stage):
    """A task that runs, and may use 96 MiB."""
    stage.declare(memory="96")
    arn = stage.launch()
    eventually(lambda: "ready" in stage.output(arn), START)
    stage.journal.wait_for("RUNNING")
    return arn


def state_of(pid):
    """State of a process in the kernel's letter: T for one that is stopped."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def test_a_signal_reaches_the_process_of_a_task(stage, arn):
    """A task that hangs is one whose processes stand still; ECS still sees it run."""
    (task,) = stage.agent.running()

    stage.agent.send(arn, signal.SIGSTOP)

    eventually(lambda: "T" == state_of(task.pid), SOON)
    assert [task] == stage.agent.running()


def test_a_task_with_more_memory_than_it_may_have_is_killed_and_says_so(stage, arn):
    """In ECS's words, with the exit code of SIGKILL."""
    stage.agent.exhaust_memory(arn)

    stopped = stage.journal.wait_for("STOPPED")
    assert "Essential container in task exited" == stopped["reason"]
    (container,) = stopped["containers"]
    assert ("OutOfMemoryError: Container killed due to memory usage", 137) == (
        container["reason"],
        container["exitCode"],
    )
    assert [] == stage.agent.running()


def test_a_task_within_its_memory_is_left_alone(stage, arn):
    """What it has is less than its limit, and more than nothing."""
    eventually(lambda: [task for task in stage.agent.running() if task.limited], START)
    (task,) = stage.agent.running()
    watch = MemoryWatch(stage.agent.containers)

    watch.look()

    assert 0 < resident_bytes(task.pid, children_by_parent()) < 96 * _MIB
    assert [task] == stage.agent.running()


def test_what_took_the_memory_goes_with_its_task(stage, arn):
    """It runs in the container, and is not left to the machine."""
    stage.agent.exhaust_memory(arn)
    (container,) = stage.agent.containers()
    pids = container.pids

    stage.journal.wait_for("STOPPED")

    assert 2 == len(pids)
    eventually(lambda: all(resident_bytes(pid, {}) == 0 for pid in pids), SOON)


@pytest.mark.parametrize("what", ["send", "exhaust_memory", "take_back"])
def test_a_task_that_does_not_run_here_is_an_error(stage, what):
    """The message says how to find one that does."""
    arguments = ("task/main/gone", signal.SIGSTOP) if what == "send" else ("task/main/gone",)

    with pytest.raises(StageError, match=r"no running task task/main/gone: list them with ecs\.list_tasks"):
        getattr(stage.agent, what)(*arguments)


def test_a_task_without_a_limit_cannot_run_out_of_memory(stage):
    """It would take the machine's."""
    arn = stage.launch()
    stage.journal.wait_for("RUNNING")

    with pytest.raises(StageError, match="has no memory limit: declare its `memory`"):
        stage.agent.exhaust_memory(arn)
