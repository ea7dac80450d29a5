"""What a running task may do, and how it starts."""

import pytest

# CPU from the start of a container to its first answer on /readyz, as a multiple of what this machine needs
# for a Python that imports what every server does. A task that starts at this bound would have a scale-out
# wait twice as long as one does today.
_MAX_PYTHONS = 20
_BARE_PYTHON = "import asyncio, email, http.client, json, logging, ssl, time; print(time.process_time())"
_NOWHERE = "1"


@pytest.fixture(params=["api", "sender"])
def task(request, system):
    """Each service."""
    return getattr(system, request.param)


def _run(task, *command, **settings):
    status, said = task.container.wrapped.exec_run(list(command), **settings)
    return status, said.decode()


def test_nothing_runs_as_root(task):
    """Every process of the container belongs to the user that the image names, which is not root."""
    script = "import glob, os; print({os.stat(each).st_uid for each in glob.glob('/proc/[0-9]*')})"

    assert (0, "{10001}\n") == _run(task, "python", "-c", script)


@pytest.mark.parametrize("folder", ["/", "/app", "/tmp", "/venv", "/var/tmp"])  # noqa: S108 - of the container
def test_nothing_can_be_written(task, folder):
    """The root filesystem is read-only, and the task runs all the same."""
    status, said = _run(task, "python", "-c", f"open('{folder}/new', 'w')", user="0")

    assert 0 != status
    assert "Read-only file system" in said
    assert task.is_ready()


def test_the_health_check_of_the_task_definition_works(system):
    """ECS's own check passes on a running Email Sender, and fails where nobody answers."""
    kind, *command = system.sender.definition.healthCheck["command"]

    assert "CMD" == kind
    assert 0 == _run(system.sender, *command)[0]
    assert 0 != _run(system.sender, *command, environment={"PORT": _NOWHERE})[0]


def test_a_task_starts_on_little_cpu(task):
    """A start costs at most so many times the CPU of a bare Python on the same machine."""
    used = task.cpu_seconds_of_a_start()
    status, said = _run(task, "python", "-c", _BARE_PYTHON)

    assert 0 == status
    assert 0 < used < _MAX_PYTHONS * float(said)


def test_no_secret_is_in_the_environment(system, task):
    """Neither an API key nor the mail server's password is where `docker inspect` shows it."""
    shown = " ".join(task.container.wrapped.attrs["Config"]["Env"])

    for secret in (system.key, system.id_key, system.mail_login["password"]):
        assert secret not in shown
