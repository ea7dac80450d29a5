import json
import sys
from pathlib import Path

import pytest

from stage.errors import StageError
from stage.tasks.environment import read_secrets, resolve, task_environment


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


@pytest.fixture
def secret(aws):
    """A secret of two keys; gives its ARN."""
    text = json.dumps({"user": "ann", "password": "first"})
    arn = aws.secretsmanager.create_secret(Name="demo/smtp", SecretString=text)["ARN"]
    return str(arn)


@pytest.mark.parametrize(
    "value_from", ["/demo/token", "arn:aws:ssm:eu-central-1:123456789012:parameter/demo/token"]
)
def test_a_parameter_is_read_by_name_or_arn(aws, value_from):
    """Parameter Store values arrive decrypted."""
    aws.ssm.put_parameter(Name="/demo/token", Value="t0ken", Type="SecureString")

    assert {"TOKEN": "t0ken"} == read_secrets({"TOKEN": value_from}, aws)


def test_a_parameter_without_path_keeps_its_name(aws):
    """An ARN ending in one segment means a name without a slash."""
    aws.ssm.put_parameter(Name="token", Value="t0ken", Type="String")
    arn = "arn:aws:ssm:eu-central-1:123456789012:parameter/token"

    assert {"TOKEN": "t0ken"} == read_secrets({"TOKEN": arn}, aws)


def test_a_whole_secret_is_its_text(aws, secret):
    """Without a JSON key the secret is not looked into."""
    assert {"user": "ann", "password": "first"} == json.loads(read_secrets({"S": secret}, aws)["S"])


def test_a_json_key_picks_one_value(aws, secret):
    """The part after the ARN names the key."""
    assert {"PASSWORD": "first"} == read_secrets({"PASSWORD": f"{secret}:password::"}, aws)


def test_a_version_stage_picks_an_earlier_value(aws, secret):
    """The part after the JSON key names the stage."""
    aws.secretsmanager.put_secret_value(SecretId=secret, SecretString=json.dumps({"password": "second"}))

    assert {"NOW": "second", "BEFORE": "first"} == read_secrets(
        {"NOW": f"{secret}:password::", "BEFORE": f"{secret}:password:AWSPREVIOUS:"}, aws
    )


@pytest.mark.parametrize(
    "value_from", ["/demo/lost", "arn:aws:secretsmanager:eu-central-1:123456789012:secret:lost-AbCdEf"]
)
def test_a_missing_secret_is_named(aws, value_from):
    """The message is ECS's own, with the variable and the reference."""
    with pytest.raises(
        StageError, match=f"ResourceInitializationError: .* TOKEN from {value_from}: .*NotFound"
    ):
        read_secrets({"TOKEN": value_from}, aws)


def test_a_missing_json_key_does_not_show_the_secret(aws, secret):
    """Neither the message nor its cause carries a value."""
    with pytest.raises(StageError, match="key 'pin'") as caught:
        read_secrets({"PIN": f"{secret}:pin::"}, aws)

    assert "first" not in str(caught.value)
    assert caught.value.__suppress_context__
