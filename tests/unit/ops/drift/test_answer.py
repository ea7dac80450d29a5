"""Answer of a check."""

import io
import json
from datetime import date

import pytest
from rich.console import Console

from ops.answer import show
from ops.drift.allowed import Allowed, Sorted
from ops.drift.answer import Drift
from ops.drift.finding import Finding
from ops.drift.sources import Failure
from ops.exit_status import ExitStatus

FINDING = Finding("aws_x.y", "policy|z", "(none)", "https://me:hunter2@example.org", "somebody", "roles")
FAILED = Failure("roles", "AccessDenied")
ENTRY = Allowed(3, "aws_x.y", "*", "because", "platform", date(2027, 3, 31))


def drift(*findings, failed=(), standing=(), unused=()):
    """An answer."""
    return Drift("staging", Sorted(tuple(findings), tuple(standing), tuple(unused)), failed)


@pytest.mark.parametrize(
    ("answer", "status", "verdict"),
    [
        (drift(), ExitStatus.DONE, "no drift"),
        (drift(FINDING), ExitStatus.FOUND, "drift"),
        (drift(failed=[FAILED]), ExitStatus.UNKNOWN, "could not tell"),
        (drift(FINDING, failed=[FAILED]), ExitStatus.FOUND, "drift"),
        (drift(standing=[(FINDING, ENTRY)]), ExitStatus.DONE, "no drift"),
        (drift(unused=[ENTRY]), ExitStatus.DONE, "no drift"),
    ],
)
def test_a_finding_is_certain_and_a_failure_is_never_clean(answer, status, verdict):
    """Whatever else could not be looked at."""
    assert status == answer.status
    assert verdict == answer.data()["verdict"]


@pytest.mark.parametrize("form", ["json", "markdown", "text"])
def test_every_form_tells_findings_and_failures_but_no_password(capsys, monkeypatch, form):
    """The verdict comes first."""
    monkeypatch.setenv("COLUMNS", "300")
    show(drift(FINDING, failed=[FAILED], unused=[ENTRY]), form)
    out = capsys.readouterr().out

    for word in ("drift", "aws_x.y", "somebody", "AccessDenied", "drift.yaml:3"):
        assert word in out
    assert "hunter2" not in out
    if form == "text":
        assert out.startswith("DRIFT, 1 FINDING")


def test_markdown_is_a_heading_and_a_table():
    """A bar within a cell does not end it."""
    lines = drift(FINDING).markdown().splitlines()

    assert "## Drift of staging: drift, 1 finding" == lines[0]
    assert "| resource | attribute | expected | actual | may be changed by | source |" == lines[2]
    assert lines[4].startswith("| `aws_x.y` | `policy\\|z` | ")


def test_what_aws_says_calls_nobody_and_opens_no_table():
    """In an issue it would."""
    reason = "no | such @octocat, see #1 <!--"
    text = drift(Finding(reason, reason, reason, reason), failed=[Failure("roles", reason)]).markdown()

    (row,) = [one for one in text.splitlines() if one.startswith("| `no")]
    (note,) = [one for one in text.splitlines() if one.startswith("- could")]
    assert 7 == row.replace("\\|", "").count("|")
    assert "@octocat" not in note
    assert "#1" not in note
    assert "\\<!--" in note


def test_json_has_no_types_of_its_own():
    """So that it can be read by anything."""
    data = drift(FINDING, failed=[FAILED], standing=[(FINDING, ENTRY)]).data()

    assert data == json.loads(json.dumps(data))
    assert "2027-03-31" == data["allowed"][0]["until"]


def test_nothing_is_a_verdict_alone():
    """For whoever looks at a terminal."""
    written = io.StringIO()
    Console(width=80, file=written).print(drift().drawn())

    assert "NO DRIFT" == written.getvalue().strip()


def test_a_terminal_of_eighty_columns_shows_every_finding_whole():
    """A table of six columns would be six narrow ones."""
    written = io.StringIO()
    long = Finding(
        "module.api.aws_ecs_service.this", "task_definition", "a" * 60, "b" * 60, "an operator", "x"
    )
    Console(width=80, file=written).print(drift(long, FINDING).drawn())

    lines = [line.strip() for line in written.getvalue().splitlines()]
    assert "module.api.aws_ecs_service.this  task_definition" in lines
    assert f"expected  {'a' * 60}" in lines
    assert f"actual    {'b' * 60}" in lines
