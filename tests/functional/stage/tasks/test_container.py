"""Each test launches a real process and looks at what it gets and what becomes of it."""

import os
import signal
import socket

import psutil
import pytest

from stage.tasks.container import Container
from tests.waiting import SOON, START, eventually

_PORT = 8080
_ROLES = "arn:aws:iam::123456789012:role"


def test_a_task_finds_what_fargate_would_give_it(stage, monkeypatch):
    """Image, task definition, secrets, AWS and its address; nothing of the stage's environment."""
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.invalid")
    stage.aws.ssm.put_parameter(Name="/demo/token", Value="t0ken", Type="SecureString")
    stage.declare(
        roles={"taskRoleArn": f"{_ROLES}/api", "executionRoleArn": f"{_ROLES}/prepares"},
        environment={"SIZE": "2"},
        secrets=[{"name": "TOKEN", "valueFrom": "/demo/token"}],
    )

    arn = stage.launch()
    environment = stage.environment_of(arn)

    # Python itself sets LC_CTYPE where no locale is given (https://peps.python.org/pep-0538/).
    environment.pop("LC_CTYPE", None)
    task_id = arn.rpartition("/")[2]
    assert {
        **stage.aws.location(),
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{task_id} {_ROLES}/api",
        "COLOUR": "blue",
        "SIZE": "2",
        "TOKEN": "t0ken",
        "BIND_HOST": stage.address_of(arn),
        "HOME": str(stage.run_dir / "tasks" / f"web-{task_id}"),
        "PATH": environment["PATH"],
        "PYTHONPATH": str(stage.services_root),
    } == environment


def test_tasks_listen_on_the_same_port_side_by_side(stage):
    """Each has its own address, as with a network interface of its own."""
    stage.declare(environment={"PORT": str(_PORT)}, portMappings=[{"containerPort": _PORT}])

    arns = [stage.launch(), stage.launch()]

    for arn in arns:
        eventually(lambda arn=arn: "ready" in stage.output(arn), START)
        socket.create_connection((stage.address_of(arn), _PORT), timeout=SOON).close()
    assert stage.address_of(arns[0]) != stage.address_of(arns[1])


def test_output_is_shipped_to_the_declared_stream(stage):
    """awslogs: group, and prefix/container/task as the stream."""
    stage.aws.logs.create_log_group(logGroupName="/ecs/demo")
    options = {"awslogs-group": "/ecs/demo", "awslogs-stream-prefix": "web"}
    stage.declare(
        roles={"executionRoleArn": f"{_ROLES}/prepares"},
        logConfiguration={"logDriver": "awslogs", "options": options},
    )

    arn = stage.launch()

    def messages():
        streams = stage.aws.logs.describe_log_streams(logGroupName="/ecs/demo")["logStreams"]
        return [
            event["message"]
            for stream in streams
            if stream["logStreamName"] == f"web/app/{arn.rpartition('/')[2]}"
            for event in stage.aws.logs.get_log_events(
                logGroupName="/ecs/demo", logStreamName=stream["logStreamName"]
            )["events"]
        ]

    eventually(lambda: "ready" in messages(), START)


def test_the_quota_waits_for_an_open_port(stage):
    """A task's vCPUs stand for so many cores, from when it accepts connections to its end."""
    stage.declare(environment={"PORT": str(_PORT)}, portMappings=[{"containerPort": _PORT}])
    arn = stage.launch()
    attached = stage.journal.wait_for("attach")

    # 256 of 1,024 units at 0.2 cores a vCPU.
    assert pytest.approx(0.05) == attached["cores"]
    socket.create_connection((stage.address_of(arn), _PORT), timeout=SOON).close()
    eventually(lambda: stage.agent.running()[0].limited, START)
    os.kill(attached["pid"], signal.SIGKILL)
    assert attached["pid"] == stage.journal.wait_for("release")["pid"]


def test_a_task_that_is_not_healthy_yet_has_no_quota(stage, monkeypatch):
    """Nothing listens, however often the stage looks: the task is still starting."""
    looked, healthy = [], Container.healthy

    def look(container, attachments):
        found = healthy(container, attachments)
        looked.append(found)
        return found

    monkeypatch.setattr(Container, "healthy", look)
    stage.declare(portMappings=[{"containerPort": _PORT}])
    stage.launch()
    eventually(lambda: len(looked) > 2, START)

    assert not any(looked)
    assert "attach" not in stage.journal.words()
    assert [False] == [task.limited for task in stage.agent.running()]


def test_the_quota_waits_for_the_target_group(stage, group, monkeypatch):
    """In a target group, an open port is not enough."""
    asked = []

    def describe_target_health(**request):
        asked.append(request["Targets"])
        state = "healthy" if len(asked) > 2 else "initial"
        target = {**request["Targets"][0]}
        return {"TargetHealthDescriptions": [{"Target": target, "TargetHealth": {"State": state}}]}

    monkeypatch.setattr(stage.aws.elbv2, "describe_target_health", describe_target_health)
    stage.declare(
        service={"loadBalancers": [{"targetGroupArn": group, "containerPort": _PORT}]},
        environment={"PORT": str(_PORT)},
        portMappings=[{"containerPort": _PORT}],
    )
    stage.launch()
    stage.journal.wait_for("attach")

    assert 3 == len(asked)


def test_a_container_health_check_is_run_in_the_task_s_environment(stage):
    """It finds the task at its address; HEALTHY is reported, and the quota waited for it."""
    connect = (
        "import os, socket; socket.create_connection((os.environ['BIND_HOST'], int(os.environ['PORT'])))"
    )
    stage.declare(environment={"PORT": str(_PORT)}, healthCheck={"command": ["CMD", "python", "-c", connect]})
    arn = stage.launch()

    assert arn == stage.journal.wait_for("HEALTHY")["task"]
    stage.journal.wait_for("attach")
    words = stage.journal.words()
    assert words.index("HEALTHY") < words.index("attach")


def test_failing_health_checks_make_the_task_unhealthy(stage):
    """A command that ends with anything but 0 fails."""
    stage.declare(healthCheck={"command": ["CMD-SHELL", "exit 1"], "retries": 2})
    arn = stage.launch()

    assert arn == stage.journal.wait_for("UNHEALTHY")["task"]


def test_a_health_check_that_takes_too_long_fails_and_is_killed(stage):
    """The timeout is in real seconds, and the command does not linger."""
    stage.declare(healthCheck={"command": ["CMD-SHELL", "sleep 77 & sleep 77"], "retries": 1, "timeout": 1})
    stage.launch()
    stage.journal.wait_for("UNHEALTHY")
    stage.agent.close()

    lingering = [one for one in psutil.Process().children(recursive=True) if "77" in one.cmdline()]
    assert [] == lingering


def test_a_health_check_that_does_not_exist_fails(stage, caplog):
    """A missing command is an unhealthy container, not a crash."""
    stage.declare(healthCheck={"command": ["CMD", "lost-command"], "retries": 1})
    stage.launch()
    stage.journal.wait_for("UNHEALTHY")

    assert "'lost-command' is not installed" in caplog.text
