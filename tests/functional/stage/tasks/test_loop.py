import os
import threading

import psutil

from tests.functional.stage.tasks.stand_ins import Observed
from tests.waiting import SOON, START, eventually


def test_a_task_is_launched_once(stage):
    """A scheduler repeats itself each pass, and its view may be out of date."""
    arn = stage.launch()
    for _ in range(3):
        stage.agent.observe(Observed(arn))
    stage.journal.wait_for("RUNNING")
    eventually(lambda: "ready" in stage.output(arn), START)
    stage.stop(arn)
    stage.journal.wait_for("STOPPED")
    stage.agent.observe(Observed(arn))
    stage.agent.observe(Observed(arn, "RUNNING", "STOPPED"))

    assert 1 == stage.output(arn).count("ready")
    assert 1 == stage.journal.words().count("STOPPED")


def test_a_task_stopped_before_its_launch_never_starts(stage):
    """ECS changed its mind while the task was PROVISIONING."""
    arn = stage.provision()
    stage.agent.observe(Observed(arn, "PROVISIONING", "STOPPED"))
    stopped = stage.journal.wait_for("STOPPED")

    assert arn == stopped["task"]
    assert not (stage.run_dir / "logs").exists()


def test_what_others_run_or_has_stopped_is_left_alone(stage):
    """Only PROVISIONING tasks are launched here."""
    stage.agent.observe(Observed(stage.provision(), "RUNNING"))
    stage.agent.observe(Observed(stage.provision(), "STOPPED", "STOPPED"))
    stage.launch()
    stage.journal.wait_for("RUNNING")

    assert 1 == stage.journal.words().count("PENDING")
    assert "STOPPED" not in stage.journal.words()


def test_running_tells_where_each_task_is(stage):
    """Who measures CPU or kills a task finds the process."""
    arn = stage.launch()
    stage.journal.wait_for("RUNNING")

    (task,) = stage.agent.running()
    assert (arn, "demo-cluster", "web", 0.25) == (task.task_arn, task.cluster, task.service, task.vcpus)
    assert stage.address_of(arn) == task.address
    assert os.getpid() == psutil.Process(task.pid).ppid()


def test_observing_does_not_wait(stage, monkeypatch):
    """The scheduler's pass takes no longer for a slow control plane."""
    slow = threading.Event()
    describe = stage.ecs.describe_tasks
    monkeypatch.setattr(
        stage.ecs, "describe_tasks", lambda **request: slow.wait(SOON) and describe(**request)
    )

    stage.launch()
    assert [] == stage.journal.words()

    slow.set()
    stage.journal.wait_for("RUNNING")


def test_closing_leaves_no_process(stage):
    """Not even of tasks that ignore SIGTERM, nor of those on their way out."""
    stage.declare(environment={"ON_SIGTERM": "ignore"})
    arns = [stage.launch() for _ in range(3)]
    eventually(lambda: all("ready" in stage.output(arn) for arn in arns), START)
    pids = [task.pid for task in stage.agent.running()]
    stage.stop(arns[0])
    stage.journal.wait_for("STOPPING")

    stage.agent.close()

    assert 3 == len(pids)
    assert not any(psutil.pid_exists(pid) for pid in pids)
    assert [] == stage.agent.running()


def test_closing_says_nothing_more(stage):
    """There is nobody to tell, and nothing is started any more."""
    stage.launch()
    stage.journal.wait_for("RUNNING")
    stage.agent.close()
    stage.agent.observe(Observed(stage.provision()))

    assert "STOPPED" not in stage.journal.words()
    assert 1 == stage.journal.words().count("PENDING")


def test_closing_twice_is_harmless(stage):
    """Whoever cleans up does not need to know who did before."""
    stage.agent.close()
    stage.agent.close()

    assert [] == stage.agent.running()
