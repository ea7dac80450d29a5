import sys
from pathlib import Path

import pytest

from stage.errors import StageError
from stage.tasks.environment import resolve, task_environment


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
