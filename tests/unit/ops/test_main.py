"""The command line of `python -m ops`, with a command that only this test has."""

import argparse
import json
from dataclasses import dataclass
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError, NoCredentialsError

from common.errors import SetupError
from ops import __main__ as command_line
from ops.arguments import command
from ops.errors import UsageError
from ops.exit_status import ExitStatus


@dataclass
class Found:
    """An answer with one finding."""

    status: ExitStatus = ExitStatus.FOUND

    def data(self):
        """As JSON."""
        return {"found": 1}

    def markdown(self):
        """As Markdown."""
        return "**one**\n\n"

    def drawn(self):
        """As text."""
        return "one finding"


@pytest.fixture
def answering(monkeypatch):
    """Gives the only command an answer, or an error that it ends with."""

    def answering(run):
        def add(commands: argparse.Action) -> None:
            command(commands, "look", "Look.").set_defaults(run=run)

        monkeypatch.setattr(command_line, "_COMMANDS", (SimpleNamespace(add=add),))

    return answering


@pytest.mark.parametrize(
    ("form", "shown"),
    [((), "one finding\n"), (("--json",), '{\n  "found": 1\n}\n'), (("--markdown",), "**one**\n")],
)
def test_an_answer_is_shown_as_asked_and_gives_the_status(answering, capsys, form, shown):
    """A terminal, a machine and a pull request are told the same."""
    answering(lambda _: Found())

    assert ExitStatus.FOUND == command_line.main(["look", *form])
    assert shown == capsys.readouterr().out


def test_json_is_all_of_the_output(answering, capsys):
    """So that it can be piped."""
    answering(lambda _: Found())
    command_line.main(["look", "--json"])

    assert {"found": 1} == json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("form", [(), ("--json",), ("--markdown",)])
def test_a_jobs_summary_has_every_answer_as_markdown(answering, monkeypatch, tmp_path, form):
    """Below what the step has written before."""
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    answering(lambda _: Found())
    command_line.main(["look", *form])
    command_line.main(["look", *form])

    assert "before\n**one**\n\n**one**\n\n" == summary.read_text()


def test_a_summary_is_no_longer_than_github_takes(answering, monkeypatch, tmp_path):
    """A longer one is not shown at all."""
    summary = tmp_path / "summary.md"
    summary.write_text("x" * 1_000_000)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    monkeypatch.setattr(Found, "markdown", lambda _: "ü\n" * 50_000)
    answering(lambda _: Found())
    command_line.main(["look"])

    assert 1024 * 1024 >= summary.stat().st_size > 1024 * 1024 - 10
    assert summary.read_text().endswith("GitHub takes no longer summary of a step.")


def test_a_summary_that_cannot_be_written_hides_no_answer(answering, monkeypatch, tmp_path, capsys):
    """Nor does it change the status; somebody is told."""
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "none" / "summary.md"))
    answering(lambda _: Found())

    assert ExitStatus.FOUND == command_line.main(["look"])
    told = capsys.readouterr()
    assert "one finding\n" == told.out
    assert "GITHUB_STEP_SUMMARY names" in told.err


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (SetupError("no state: apply first"), ExitStatus.UNKNOWN),
        (UsageError("no environment mars: there are staging"), ExitStatus.USAGE),
        (NoCredentialsError(), ExitStatus.UNKNOWN),
        (KeyboardInterrupt(), ExitStatus.UNKNOWN),
        (ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "ListTags"), ExitStatus.UNKNOWN),
    ],
)
def test_an_error_is_one_line_and_never_clean(answering, capsys, error, status):
    """Without a traceback; what could not be told is told apart from what is wrong with the command."""

    def failing(_):
        raise error

    answering(failing)

    assert status == command_line.main(["look"])
    told = capsys.readouterr()
    assert "" == told.out
    assert 1 == len(told.err.splitlines())


@pytest.mark.parametrize("line", [[], ["mars"], ["look", "--moon"], ["look", "--json", "--markdown"]])
def test_a_wrong_command_line_is_no_finding(answering, capsys, line):
    """Argparse's own status is that of drift."""
    answering(lambda _: Found())

    with pytest.raises(SystemExit) as ended:
        command_line.main(line)

    assert ExitStatus.USAGE == ended.value.code
    assert "python -m ops" in capsys.readouterr().err
