import sys
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import pytest

from stage.control_plane.aws import Aws
from stage.errors import StageError
from stage.tasks.credentials import LIFETIME, Credentials
from stage.tasks.environment import resolve, task_environment
from stage.tasks.host import Host

AWS = Aws("http://127.0.0.1:1", "http://127.0.0.1:2", "eu-central-1")
ROLE = "arn:aws:iam::123456789012:role/api"


@pytest.fixture
def environment(tmp_path):
    """The environment of a task whose image disagrees with the stage."""
    return task_environment(
        {"COLOUR": "blue", "AWS_REGION": "declared", "PATH": "/opt", "PYTHONPATH": "/app"},
        {"AWS_REGION": "eu-central-1"},
        "127.9.1.17",
        tmp_path / "services",
        tmp_path / "home",
    )


def test_it_holds_what_was_declared_and_where_the_task_is(environment, tmp_path, monkeypatch):
    """The stage's own environment stays out; its addresses and folders win over what an image says."""
    monkeypatch.setenv("AWS_PROFILE", "personal")

    assert "AWS_PROFILE" not in environment
    assert {
        "COLOUR": "blue",
        "AWS_REGION": "eu-central-1",
        "BIND_HOST": "127.9.1.17",
        "PYTHONPATH": str(tmp_path / "services"),
        "HOME": str(tmp_path / "home"),
    } == {name: value for name, value in environment.items() if name != "PATH"}


def test_the_interpreter_s_folder_comes_first(environment):
    """Commands of the virtual environment are found before the machine's."""
    assert str(Path(sys.executable).parent) == environment["PATH"].split(":")[0]


@pytest.mark.parametrize("name", ["python", "python3"])
def test_python_is_this_interpreter(environment, name):
    """Services run with the packages that the stage was installed with."""
    assert [sys.executable, "-m", "demo"] == resolve([name, "-m", "demo"], environment)


def test_other_commands_are_looked_up(environment):
    """An executable becomes an absolute path."""
    executable, argument = resolve(["sh", "-c"], environment)

    assert Path(executable).is_absolute()
    assert "-c" == argument


def test_an_unknown_command_is_named(environment):
    """The message says what is missing."""
    with pytest.raises(StageError, match="'nowhere-to-be-found' is not installed"):
        resolve(["nowhere-to-be-found"], environment)


class Given:
    """Gives credentials that say whom they are for."""

    def environment(self, task_id, role_arn):
        """None without a role."""
        return {"AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{task_id} {role_arn}"} if role_arn else {}

    def of_agent(self, task_id, role_arn):
        """The agent's."""
        return Credentials("ASIAAGENT", "secret", task_id, datetime.now(UTC) + LIFETIME, role_arn)


def host_of(**known):
    """A host that knows no more than that."""
    others = {field.name: None for field in fields(Host)}
    return Host(**{**others, "aws": AWS, "credentials": Given(), **known})


@pytest.mark.parametrize(
    ("trusted", "given"), [(Path("/run/trusted.pem"), {"SSL_CERT_FILE": "/run/trusted.pem"}), (None, {})]
)
def test_tasks_trust_what_their_host_does(trusted, given):
    """A relay whose certificate was made for the stage, and no other; else whom the machine trusts."""
    host = host_of(trusted=trusted)

    assert {**AWS.location(), **given} == host.environment("0a1b", "")


def test_a_task_finds_the_emulated_aws_by_its_role_alone():
    """The stage's own keys are not among its variables; its role's are not either, but where they are."""
    found = host_of().environment("0a1b", ROLE)

    assert {**AWS.location(), "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"0a1b {ROLE}"} == found
    assert not {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"} & found.keys()


def test_a_task_is_prepared_in_its_execution_role():
    """Clients for the same AWS, with a session that is the task's alone."""
    aws = host_of().execution_role("0a1b", ROLE).clients("secrets")

    url = aws.secretsmanager.generate_presigned_url("get_secret_value", {"SecretId": "s"})
    assert "X-Amz-Credential=ASIAAGENT%2F" in url
    assert "X-Amz-Security-Token=0a1b" in url
    assert AWS.secretsmanager.meta.endpoint_url == aws.secretsmanager.meta.endpoint_url
