import pytest

from stage.errors import StageError
from stage.tasks.model import HealthCheck, LogDestination
from stage.tasks.read import health_check, launch_spec

_LOG = {"logDriver": "awslogs", "options": {"awslogs-group": "/ecs/demo", "awslogs-stream-prefix": "app"}}


@pytest.fixture
def spec_of(services_root):
    """Reads a task definition with one container that has these fields."""

    def read(cpu="256", **container):
        (services_root / "demo_app" / "Dockerfile").write_text(
            'FROM python\nENV COLOUR=blue SIZE=1\nENTRYPOINT ["python", "-m"]\nCMD ["demo_app"]\n'
        )
        definition = {
            "family": "demo",
            "cpu": cpu,
            "containerDefinitions": [{"name": "app", "image": "demo-app", **container}],
        }
        return launch_spec(definition, "0a1b", services_root)

    return read


def test_defaults_are_those_of_ecs(spec_of):
    """A bare container is stopped after 30 s and has neither check, log nor port."""
    spec = spec_of()

    assert ("app", "demo", 0.25, 30.0) == (spec.container, spec.family, spec.vcpus, spec.stop_timeout)
    assert (None, None, None) == (spec.health_check, spec.log, spec.port)


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
        launch_spec({"family": "demo", "cpu": "256", "containerDefinitions": containers}, "0a", services_root)


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
