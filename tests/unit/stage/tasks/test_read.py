import pytest

from stage.errors import StageError
from stage.images.working_tree import WorkingTree
from stage.tasks.model import HealthCheck, LogDestination
from stage.tasks.read import health_check, launch_spec, on_loopback, role_arn

_ROLE = "arn:aws:iam::123456789012:role"
_LOG = {"logDriver": "awslogs", "options": {"awslogs-group": "/ecs/demo", "awslogs-stream-prefix": "app"}}


@pytest.fixture
def spec_of(services_root):
    """Reads a task definition with one container that has these fields."""

    def read(cpu="256", overrides=None, task=None, **container):
        (services_root / "demo_app" / "Dockerfile").write_text(
            'FROM python\nENV COLOUR=blue SIZE=1\nENTRYPOINT ["python", "-m"]\nCMD ["demo_app"]\n'
        )
        definition = {
            "family": "demo",
            "cpu": cpu,
            **(task or {}),
            "containerDefinitions": [{"name": "app", "image": "demo-app", **container}],
        }
        return launch_spec(definition, "0a1b", WorkingTree(services_root).pull, overrides or {})

    return read


def test_defaults_are_those_of_ecs(spec_of):
    """A bare container is stopped after 30 s and has neither check, log nor port."""
    spec = spec_of()

    assert ("app", "demo", 0.25, 30.0) == (spec.container, spec.family, spec.vcpus, spec.stop_timeout)
    assert (None, None, None) == (spec.health_check, spec.log, spec.port)


@pytest.mark.parametrize(
    ("task", "container", "mib"),
    [({"memory": "512"}, {}, 512), ({"memory": "512"}, {"memory": 256}, 256), ({}, {}, 0)],
)
def test_a_container_may_use_its_own_limit_else_the_task_s_memory(spec_of, task, container, mib):
    """On Fargate a task has an amount of memory, and a container may have less."""
    assert mib == spec_of(task=task, **container).memory_mib


@pytest.mark.parametrize(
    ("container", "command"),
    [
        ({}, ("python", "-m", "demo_app")),
        ({"command": ["other"]}, ("python", "-m", "other")),
        ({"entryPoint": ["run"]}, ("run",)),
        ({"entryPoint": ["run"], "command": ["it"]}, ("run", "it")),
    ],
)
def test_the_task_definition_overrides_the_image(spec_of, container, command):
    """An entry point of its own drops the image's CMD, a command replaces it."""
    assert command == spec_of(**container).command


def test_the_task_definition_s_environment_wins(spec_of):
    """ENV of the image is what remains where the task definition says nothing."""
    spec = spec_of(environment=[{"name": "SIZE", "value": "2"}])

    assert {"COLOUR": "blue", "SIZE": "2"} == spec.environment


def test_what_run_task_is_told_wins_over_the_task_definition(spec_of):
    """A command and single variables, for this task alone; the rest is as declared."""
    told = {
        "name": "app",
        "command": ["other"],
        "environment": [{"name": "SIZE", "value": "3"}, {"name": "ROLE", "value": "worker"}],
    }
    declared = [{"name": "SIZE", "value": "2"}, {"name": "TABLE", "value": "t"}]
    overrides = {"cpu": "512", "containerOverrides": [told]}

    spec = spec_of(environment=declared, command=["it"], overrides=overrides)

    assert ("python", "-m", "other") == spec.command
    assert {"COLOUR": "blue", "SIZE": "3", "TABLE": "t", "ROLE": "worker"} == spec.environment
    assert 0.5 == spec.vcpus
    assert ("python", "-m", "it") == spec_of(command=["it"], overrides={"containerOverrides": []}).command


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ("10.20.1.17", "127.9.1.17"),
        ("172.16.3.4", "127.9.3.4"),
        ("127.0.0.1", "127.0.0.1"),
        ("8.8.8.8", "8.8.8.8"),
        ("10.20.1.17:5557", "10.20.1.17:5557"),
        ("40", "40"),
    ],
)
def test_an_address_of_the_vpc_is_one_that_a_task_can_reach(told, found):
    """Only where a variable is an address and nothing else, and only what RunTask says."""
    variable = {"name": "PEER", "value": told}
    overrides = {"containerOverrides": [{"name": "app", "environment": [variable]}]}

    changed = on_loopback(overrides, lambda address: "127.9." + address.split(".", 2)[2])

    assert [{"name": "PEER", "value": found}] == changed["containerOverrides"][0]["environment"]
    assert {"containerOverrides": []} == on_loopback({}, str)


def test_what_is_declared_is_read(spec_of):
    """Secrets, ports, stop timeout, health check and log stream come from the container definition."""
    spec = spec_of(
        secrets=[{"name": "TOKEN", "valueFrom": "/demo/token"}],
        portMappings=[{"containerPort": 8080}],
        stopTimeout=5,
        healthCheck={
            "command": ["CMD", "true"],
            "interval": 10,
            "timeout": 2,
            "retries": 4,
            "startPeriod": 20,
        },
        logConfiguration=_LOG,
    )

    assert ({"TOKEN": "/demo/token"}, 8080, 5.0) == (spec.secrets, spec.port, spec.stop_timeout)
    assert HealthCheck(("true",), 10.0, 2.0, 4, 20.0) == spec.health_check
    assert LogDestination("/ecs/demo", "app/app/0a1b") == spec.log


def test_other_log_drivers_are_left_alone(spec_of):
    """Only awslogs is shipped; the file is kept in any case."""
    assert spec_of(logConfiguration={"logDriver": "awsfirelens"}).log is None


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"cpu": ""}, "cpu ''"),
        ({"image": "nowhere"}, "CannotPullContainerError: image nowhere"),
        ({"healthCheck": {"command": ["true"]}}, "CMD-SHELL"),
        ({"logConfiguration": {"logDriver": "awslogs", "options": {}}}, "awslogs-stream-prefix"),
    ],
)
def test_what_cannot_run_is_refused_with_a_reason(spec_of, options, message):
    """The message is what a person finds as the task's stoppedReason."""
    with pytest.raises(StageError, match=message):
        spec_of(**options)


def test_an_image_without_command_is_refused(spec_of, services_root):
    """Neither ENTRYPOINT nor CMD leaves nothing to run."""
    (services_root / "idle").mkdir()
    (services_root / "idle" / "Dockerfile").write_text("FROM python\n")

    with pytest.raises(StageError, match="neither ENTRYPOINT nor CMD"):
        spec_of(image="idle")


def test_several_containers_are_refused_by_name(services_root):
    """A sidecar that silently did not run would prove nothing."""
    containers = [{"name": "app", "image": "demo-app"}, {"name": "envoy", "image": "envoy"}]

    with pytest.raises(StageError, match=r"demo has 2 containers \(app, envoy\)"):
        launch_spec(
            {"family": "demo", "cpu": "256", "containerDefinitions": containers},
            "0a",
            WorkingTree(services_root).pull,
            {},
        )


def test_a_health_check_s_defaults_are_those_of_ecs():
    """30 s interval, 5 s timeout, 3 retries, no start period."""
    assert HealthCheck(("true",), 30.0, 5.0, 3, 0.0) == health_check({"command": ["CMD", "true"]})


def test_cmd_shell_runs_in_a_shell():
    """The one string is a shell's command line."""
    assert ("/bin/sh", "-c", "a || b") == health_check({"command": ["CMD-SHELL", "a || b"]}).command


@pytest.mark.parametrize("command", [["true"], [], ["CMD"], ["CMD-SHELL", "a", "b"]])
def test_other_health_check_commands_are_refused(command):
    """Neither CMD nor CMD-SHELL is a mistake, not a check."""
    with pytest.raises(StageError, match="CMD-SHELL"):
        health_check({"command": command})


@pytest.mark.parametrize(
    ("declared", "told", "role"),
    [
        ({}, {}, ""),
        ({"taskRoleArn": f"{_ROLE}/api"}, {}, f"{_ROLE}/api"),
        ({"taskRoleArn": f"{_ROLE}/api"}, {"taskRoleArn": f"{_ROLE}/other"}, f"{_ROLE}/other"),
        ({"taskRoleArn": "api"}, {}, f"{_ROLE}/api"),
    ],
)
def test_a_task_acts_in_its_task_role(spec_of, declared, told, role):
    """RunTask may say another one; a task definition may say its name alone."""
    arn = {"taskDefinitionArn": "arn:aws:ecs:eu-central-1:123456789012:task-definition/demo:1"}

    spec = spec_of(task={**arn, **declared}, overrides=told)

    assert role == spec.task_role


def test_an_execution_role_is_another_one(spec_of):
    """Its processes have none of it; RunTask may say another one here too."""
    definition = {"executionRoleArn": f"{_ROLE}/prepares"}

    assert "" == spec_of(task=definition).task_role
    assert f"{_ROLE}/prepares" == role_arn("executionRoleArn", definition, {})
    assert f"{_ROLE}/other" == role_arn(
        "executionRoleArn", definition, {"executionRoleArn": f"{_ROLE}/other"}
    )
