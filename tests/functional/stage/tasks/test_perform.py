"""Each test launches a real process and follows it through the states that it reports."""

import os
import re
import signal
import time

import pytest

from stage.tasks import perform
from tests.waiting import START, eventually

_PORT = 8080
_OPENS_LATE = """
import os, socket, time

print("up", flush=True)
while not os.path.exists(os.environ["OPEN_WHEN"]):
    time.sleep(0.02)
listener = socket.create_server((os.environ["BIND_HOST"], 8080))
print("ready", flush=True)
while True:
    time.sleep(60)
"""
_PREPARES = {"executionRoleArn": "arn:aws:iam::123456789012:role/prepares"}


def container_of(report):
    """What a report says about the container."""
    return report["containers"][0]


def test_a_task_reaches_running_and_says_so(stage):
    """PENDING, ACTIVATING, RUNNING, in that order, with its container."""
    arn = stage.launch()
    running = stage.journal.wait_for("RUNNING")

    assert arn == running["task"]
    assert {"containerName": "app", "status": "RUNNING"} == container_of(running)
    assert ["PENDING", "ACTIVATING", "RUNNING"] == order_of(stage.journal)[:3]


@pytest.fixture
def opens_late(stage, tmp_path):
    """GIVEN a program that opens its port once a file is there; gives the file."""
    file = tmp_path / "open"
    (stage.services_root / "demo_app" / "__main__.py").write_text(_OPENS_LATE)
    stage.declare(portMappings=[{"containerPort": _PORT}], environment={"OPEN_WHEN": str(file)})
    return file


def test_a_task_runs_once_its_port_is_open(stage, opens_late):
    """The seconds in which a process starts are minutes of AWS here, in which no target is without health."""
    arn = stage.launch()
    eventually(lambda: "up" in stage.output(arn), START)
    assert ["PENDING"] == order_of(stage.journal)

    opens_late.touch()
    stage.journal.wait_for("RUNNING")
    assert eventually(lambda: "ready" in stage.output(arn), START)


@pytest.mark.usefixtures("opens_late")
def test_a_task_that_opens_no_port_is_not_waited_for_for_ever(stage, monkeypatch):
    """It is told apart by its health checks, as on AWS."""
    monkeypatch.setattr(perform, "_LISTENING_BUDGET_SECONDS", 0.1)
    arn = stage.launch()
    stage.journal.wait_for("RUNNING")

    assert "ready" not in stage.output(arn)


@pytest.mark.usefixtures("opens_late")
def test_a_task_that_has_opened_no_port_can_be_stopped(stage):
    """Nobody waits for its port any more."""
    arn = stage.launch()
    eventually(lambda: "up" in stage.output(arn), START)
    stage.stop(arn)

    stage.journal.wait_for("STOPPED")
    assert "ready" not in stage.output(arn)


def order_of(journal):
    """What happened, in order; when the quota comes and goes is another test's matter."""
    return [word for word in journal.words() if word not in {"attach", "release", "wake"}]


@pytest.fixture
def in_target_group(stage, group, monkeypatch):
    """Puts the service into a target group and notes when a task is taken out."""
    deregister = stage.aws.elbv2.deregister_targets

    def deregister_targets(**request):
        stage.journal.add("deregistered", **request)
        return deregister(**request)

    monkeypatch.setattr(stage.aws.elbv2, "deregister_targets", deregister_targets)
    stage.declare(service={"loadBalancers": [{"targetGroupArn": group, "containerPort": _PORT}]})
    return group


def delay_in(stage, group, aws_seconds):
    """Have targets of a group drain for so long."""
    delay = {"Key": "deregistration_delay.timeout_seconds", "Value": str(aws_seconds)}
    stage.aws.elbv2.modify_target_group_attributes(TargetGroupArn=group, Attributes=[delay])


@pytest.mark.usefixtures("in_target_group")
def test_a_killed_task_s_address_is_gone_first(stage):
    """Before any API hears of it; then the task leaves the target group and is STOPPED."""
    arn = stage.launch()
    stage.journal.wait_for("RUNNING")

    stage.journal.add("kill")
    os.kill(stage.agent.running()[0].pid, signal.SIGKILL)
    stopped = stage.journal.wait_for("STOPPED")

    address = stage.address_of(arn)
    gone = f"gone {address}"
    assert ["kill", gone, "deregistered", f"retire {address}", f"retired {address}", "STOPPED"] == order_of(
        stage.journal
    )[-6:]
    assert "Essential container in task exited" == stopped["reason"]
    assert {"containerName": "app", "status": "STOPPED", "exitCode": 137} == container_of(stopped)
    assert [] == stage.agent.running()


def test_a_task_that_ends_at_once_keeps_its_exit_code(stage):
    """A crash at start-up is told as such."""
    stage.declare(environment={"EXIT_CODE": "3"})

    stage.launch()
    stopped = stage.journal.wait_for("STOPPED")

    assert 3 == container_of(stopped)["exitCode"]
    assert "Essential container in task exited" == stopped["reason"]


def launched_behind(stage, target_group):
    """A task that runs and is a target, in a group whose deregistration delay is an hour of AWS time."""
    delay_in(stage, target_group, 3599)
    arn = stage.launch()
    eventually(lambda: "ready" in stage.output(arn), START)
    stage.journal.wait_for("RUNNING")
    return arn


# An hour passes in half a second, which no real hour does.
@pytest.mark.parametrize("minute_seconds", [0.01])
def test_stopping_drains_before_sigterm(stage, in_target_group):
    """Out of the target group, the deregistration delay in AWS time, only then SIGTERM."""
    arn = launched_behind(stage, in_target_group)

    stage.stop(arn)
    stopped = stage.journal.wait_for("STOPPED")

    address = stage.address_of(arn)
    assert [
        *("DEACTIVATING", "deregistered", f"retire {address}", f"retired {address}"),
        *("STOPPING", f"gone {address}", "STOPPED"),
    ] == order_of(stage.journal)[-7:]
    targets = stage.aws.elbv2.describe_target_health(TargetGroupArn=in_target_group)
    assert [] == targets["TargetHealthDescriptions"]
    # 15 AWS seconds; a minute takes one second.
    assert 0.25 <= stage.journal.time_of("STOPPING") - stage.journal.time_of(f"retired {address}")
    assert "bye" == stage.output(arn)[-1]
    assert "reason" not in stopped
    assert 0 == container_of(stopped)["exitCode"]


@pytest.mark.parametrize("minute_seconds", [60.0])
def test_a_task_that_spot_takes_back_leaves_the_target_group_before_sigterm(stage, in_target_group):
    """Of its two minutes none is given to the deregistration delay, which is an hour here."""
    arn = launched_behind(stage, in_target_group)

    stage.agent.take_back(arn)
    stage.stop(arn)
    stage.journal.wait_for("STOPPED")

    address = stage.address_of(arn)
    assert [
        *("DEACTIVATING", "deregistered", f"retire {address}", f"retired {address}"),
        *("STOPPING", f"gone {address}", "STOPPED"),
    ] == [word for word in order_of(stage.journal) if word != "taken back"][-7:]
    assert "bye" == stage.output(arn)[-1]


def test_a_task_that_ignores_sigterm_is_killed_after_its_stop_timeout(stage):
    """The stop timeout is in real seconds, and each task's own: a longer one runs on beside it."""
    stage.declare(environment={"ON_SIGTERM": "ignore"}, stopTimeout=120)
    patient = stage.launch()
    eventually(lambda: "ready" in stage.output(patient), START)
    stage.declare(environment={"ON_SIGTERM": "ignore"}, stopTimeout=1)
    arn = stage.launch()
    eventually(lambda: "ready" in stage.output(arn), START)

    stage.stop(patient)
    stage.journal.wait_for("STOPPING", patient)
    stopping = time.monotonic()
    stage.stop(arn)
    stopped = stage.journal.wait_for("STOPPED", arn)

    assert 137 == container_of(stopped)["exitCode"]
    assert 1.0 <= time.monotonic() - stopping
    assert [patient] == [task.task_arn for task in stage.agent.running()]


@pytest.mark.parametrize("minute_seconds", [60.0])
def test_a_task_that_dies_while_it_drains_is_stopped_at_once(stage, in_target_group):
    """Nobody waits for the rest of the deregistration delay, which is an hour here."""
    delay_in(stage, in_target_group, 3599)
    arn = stage.launch()
    stage.journal.wait_for("RUNNING")
    pid = stage.agent.running()[0].pid

    stage.stop(arn)
    stage.journal.wait_for("DEACTIVATING")
    os.kill(pid, signal.SIGKILL)

    assert 137 == container_of(stage.journal.wait_for("STOPPED"))["exitCode"]


def test_sigterm_waits_for_a_slow_load_balancer(stage, routing, in_target_group):
    """With no deregistration delay at all, the task works until nothing is routed to it any more."""
    delay_in(stage, in_target_group, 0)
    arn = stage.launch()
    stage.journal.wait_for("RUNNING")
    eventually(lambda: "ready" in stage.output(arn), START)

    routing.may_let_go.clear()
    stage.stop(arn)
    stage.journal.wait_for(f"retire {stage.address_of(arn)}")
    assert [arn] == [task.task_arn for task in stage.agent.running()]
    stage.journal.add("let go")
    routing.may_let_go.set()
    stage.journal.wait_for("STOPPED")

    retired = f"retired {stage.address_of(arn)}"
    words = [word for word in stage.journal.words() if word in {"let go", retired, "STOPPING"}]
    assert ["let go", retired, "STOPPING"] == words


@pytest.mark.usefixtures("in_target_group")
def test_a_registered_task_wakes_the_load_balancer(stage):
    """It need not wait for the next look at the API."""
    stage.launch()
    stage.journal.wait_for("RUNNING")

    assert "wake" in stage.journal.words()


def test_a_task_that_has_crashed_by_then_is_registered_nowhere(stage, in_target_group):
    """Nothing could answer there."""
    stage.declare(environment={"EXIT_CODE": "3"})
    register, registered = stage.aws.elbv2.register_targets, []
    submit = stage.ecs.submit_task_state_change

    def late(status, **change):
        if status == "ACTIVATING":
            eventually(lambda: any(word.startswith("gone ") for word in stage.journal.words()), START)
        submit(status=status, **change)

    stage.ecs.submit_task_state_change = late
    stage.aws.elbv2.register_targets = lambda **request: registered.append(register(**request))
    stage.launch()
    stage.journal.wait_for("STOPPED")

    assert [] == registered
    assert "RUNNING" in stage.journal.words()
    targets = stage.aws.elbv2.describe_target_health(TargetGroupArn=in_target_group)
    assert [] == targets["TargetHealthDescriptions"]


@pytest.mark.parametrize(
    ("container", "reason"),
    [
        ({"image": "shop/lost:1"}, "CannotPullContainerError: image shop/lost:1"),
        (
            {"secrets": [{"name": "T", "valueFrom": "/lost"}], "roles": _PREPARES},
            "ResourceInitializationError: unable to pull .*: invalid ssm parameters: /lost$",
        ),
        ({"entryPoint": ["lost-command"]}, "CannotStartContainerError: 'lost-command'"),
        (
            {
                "logConfiguration": {
                    "logDriver": "awslogs",
                    "options": {"awslogs-group": "/lost", "awslogs-stream-prefix": "p"},
                },
                "roles": _PREPARES,
            },
            "ResourceInitializationError: failed to validate logger args: .* ResourceNotFoundException: ",
        ),
    ],
)
def test_a_task_that_cannot_start_says_why(stage, container, reason):
    """It is STOPPED with the reason, and the agent goes on with the next one."""
    stage.declare(**container)
    stage.launch()
    failed = stage.journal.wait_for("STOPPED")
    stage.declare()
    stage.launch()
    stage.journal.wait_for("RUNNING")

    assert re.match(reason, failed["reason"])


def test_a_task_whose_target_group_is_gone_is_not_left_running(stage, in_target_group):
    """What cannot be registered cannot serve, so its process ends too."""
    stage.aws.elbv2.delete_target_group(TargetGroupArn=in_target_group)

    stage.launch()

    assert "TargetGroupNotFound" in stage.journal.wait_for("STOPPED")["reason"]
    assert [] == stage.agent.running()
    assert "RUNNING" not in stage.journal.words()


def test_a_task_that_never_becomes_healthy_gets_its_quota_in_the_end(stage, monkeypatch):
    """The machine is not its own for ever."""
    monkeypatch.setattr(perform, "_START_UP_BUDGET_SECONDS", 0.5)
    stage.declare(portMappings=[{"containerPort": _PORT}])
    stage.launch()
    stage.journal.wait_for("attach")

    assert stage.journal.time_of("attach") - stage.journal.time_of("RUNNING") >= 0.5


def test_a_mistake_of_the_stage_costs_one_task(stage, monkeypatch, caplog):
    """Whatever goes wrong, the task is STOPPED and its process gone."""
    monkeypatch.setattr(stage.agent._host.quota, "attach", lambda *_: 1 / 0)  # noqa: SLF001 - something must fail
    stage.launch()

    assert "ZeroDivisionError" in stage.journal.wait_for("STOPPED")["reason"]
    assert [] == stage.agent.running()
    assert "ZeroDivisionError" in caplog.text
