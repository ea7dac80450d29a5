from types import SimpleNamespace

import psutil
import pytest

from stage.commands.tasks import address_of
from stage.host.addresses import loopback_of
from stage.host.record import StageRecord

from .conftest import CLUSTER, start_tasks


class Child:
    """A process that the stage has started."""

    def __init__(self, pid, environment):
        self.pid = pid
        self.killed = False
        self._environment = environment

    def environ(self):
        if self._environment is None:
            raise psutil.NoSuchProcess(self.pid)
        return self._environment

    def kill(self):
        self.killed = True


@pytest.fixture
def children(up, monkeypatch):
    """GIVEN what the stage has started: Envoy, what has just ended, and what is added."""
    found = [Child(1, {}), Child(2, None)]
    holder = SimpleNamespace(children=lambda: found)
    monkeypatch.setattr(StageRecord, "process", lambda _record: holder)

    def add(address):
        found.append(Child(len(found) + 1, {"BIND_HOST": address}))
        return found[-1]

    return add


def bind_host(aws, task):
    """The loopback address of a task."""
    (described,) = aws.ecs.describe_tasks(cluster=CLUSTER, tasks=[task])["tasks"]
    assert address_of(described).startswith("10.20.1.")
    return loopback_of(9, address_of(described))


def test_the_task_that_begins_so_is_killed_and_no_other(aws, children, told):
    """It says which one it was."""
    mine, other = start_tasks(aws, 2)
    killed, stays = (children(bind_host(aws, task)) for task in (mine, other))

    said = told("kill", mine[:6])

    assert {"task": mine, "service": "api", "pid": killed.pid} == said
    assert (True, False) == (killed.killed, stays.killed)


def test_a_whole_arn_will_do(aws, children, call):
    """That is what other commands of AWS print."""
    (task,) = start_tasks(aws, 1)
    killed = children(bind_host(aws, task))
    (arn,) = aws.ecs.list_tasks(cluster=CLUSTER)["taskArns"]

    assert f"killed task {task} of api (pid {killed.pid})\n" == call("kill", arn).out


def test_none_begins_so(aws, up, call):
    """The line has those that run."""
    (task,) = start_tasks(aws, 1)

    said = call("kill", "zz")

    assert (2, f"stage: no running task begins with 'zz': there is {task[:8]} (api)\n") == (
        said.status,
        said.err,
    )


def test_several_begin_so(aws, up, call, monkeypatch):
    """Nobody is killed by mistake."""
    tasks = start_tasks(aws, 2)
    monkeypatch.setattr("stage.commands.tasks.task_id", lambda task: "aa" + task["taskArn"][-6:])

    said = call("kill", "aa")

    assert 2 == said.status
    assert said.err.startswith("stage: 2 running tasks begin with 'aa': ")
    assert said.err.count("(api)") == len(tasks)


@pytest.mark.parametrize("prefix", ["", "/"])
def test_nothing_is_no_prefix(aws, children, call, prefix):
    """An empty word, out of a script's empty variable, kills nobody."""
    (task,) = start_tasks(aws, 1)
    stays = children(bind_host(aws, task))

    said = call("kill", prefix)

    assert 2 == said.status
    assert "no running task begins with" in said.err
    assert not stays.killed


def test_a_task_without_a_process(aws, children, call):
    """It has ended just now; what listens elsewhere is left alone."""
    (task,) = start_tasks(aws, 1)
    stranger = children("127.8.1.4")

    said = call("kill", task)

    assert (2, f"stage: task {task[:8]} has no process any more: it has just ended\n") == (
        said.status,
        said.err,
    )
    assert not stranger.killed
