"""The command line of a release."""

import pytest

from ops import __main__ as command_line
from ops.exit_status import ExitStatus


@pytest.mark.parametrize(
    "line",
    [
        [],
        ["--environment", "staging"],
        ["--environment", "staging", "--image-tag", "1", "--abort"],
        ["--environment", "staging", "--abort", "--status"],
        ["--environment", "staging", "--image-tag", "1", "--weights", "50,10"],
        ["--environment", "staging", "--image-tag", "1", "--weights", "0,10"],
        ["--environment", "staging", "--image-tag", "1", "--weights", "10,101"],
        ["--environment", "staging", "--image-tag", "1", "--weights", "ten"],
        ["--environment", "staging", "--image-tag", "1", "--bake-minutes", "0"],
    ],
)
def test_a_command_that_makes_no_sense_changes_nothing(line, capsys):
    """And is told in one line."""
    with pytest.raises(SystemExit) as ended:
        command_line.main(["release", *line])

    assert ExitStatus.USAGE == ended.value.code
    assert capsys.readouterr().err.splitlines()[-1].startswith("python -m ops release: ")


def test_a_role_without_a_load_is_told(capsys):
    """Nobody would take it."""
    line = [
        "release",
        "--environment",
        "staging",
        "--image-tag",
        "1",
        "--load-role",
        "arn:aws:iam::1:role/load",
    ]

    assert ExitStatus.USAGE == command_line.main(line)
    assert "give --load, too" in capsys.readouterr().err


def test_an_unknown_environment_is_told(capsys):
    """With those that there are."""
    assert ExitStatus.USAGE == command_line.main(["release", "--environment", "mars", "--status"])
    assert "there are production, staging" in capsys.readouterr().err
