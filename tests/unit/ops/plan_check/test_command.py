import json
import re
import shlex
from pathlib import Path

import pytest

from ops.__main__ import main, parser
from ops.exit_status import ExitStatus
from ops.plan_check.allowances import VARIABLE
from tests.unit.ops.plan_check.planned import RESOURCES, plan

PAGE = Path(__file__).resolve().parents[4] / "docs" / "ops.md"
QUEUE = RESOURCES["queue"]["address"]
TABLE = RESOURCES["table"]["address"]


@pytest.fixture
def judged(tmp_path, monkeypatch, capsys):
    """Runs the command on a plan, and gives its status and what it says as JSON."""
    monkeypatch.delenv(VARIABLE, raising=False)

    def judged(*options, text):
        (tmp_path / "plan.json").write_text(text)
        status = main(["plan-check", str(tmp_path / "plan.json"), "--json", *options])
        return status, json.loads(capsys.readouterr().out or "{}")

    return judged


DANGEROUS = plan(
    {"of": "queue", "action": "delete"}, {"of": "table", "becomes": {"deletion_protection_enabled": False}}
)


def test_a_dangerous_plan_is_found(judged):
    """A pipeline stops at the status."""
    status, said = judged(text=DANGEROUS)

    assert ExitStatus.FOUND == status
    assert [QUEUE, TABLE] == [one["address"] for one in said["findings"]]


def test_a_harmless_plan_is_done(judged):
    """A pipeline goes on."""
    assert ExitStatus.DONE == judged(text=plan({"of": "queue", "action": "create"}))[0]


def test_a_broken_plan_is_neither(judged):
    """It could not be told."""
    assert ExitStatus.UNKNOWN == judged(text=plan(errored=True))[0]


def test_what_is_dangerous_is_allowed_by_options_and_by_the_environment(judged, monkeypatch):
    """Any number of times, and labels with others between."""
    assert ExitStatus.FOUND == judged("--allow", QUEUE, text=DANGEROUS)[0]
    assert ExitStatus.DONE == judged("--allow", QUEUE, "--allow", TABLE, text=DANGEROUS)[0]
    monkeypatch.setenv(VARIABLE, f"allow: {TABLE},allow: {QUEUE}")
    assert ExitStatus.DONE == judged(text=DANGEROUS)[0]
    monkeypatch.setenv(VARIABLE, QUEUE)
    assert ExitStatus.FOUND == judged(text=DANGEROUS)[0]
    assert ExitStatus.DONE == judged("--allow", TABLE, text=DANGEROUS)[0]


def test_a_stale_allowance_is_told_and_stops_nobody(judged):
    """It may be for the next push."""
    status, said = judged("--allow", QUEUE, text=plan({"of": "queue", "action": "create"}))

    assert ExitStatus.DONE == status
    assert [QUEUE] == said["stale_allowances"]


def test_the_command_on_the_page_is_the_programs():
    """Whoever copies it gets no complaint about the command line."""
    lines = re.findall(r"^(?:.*\| )?python -m ops (plan-check .+)$", PAGE.read_text("utf-8"), re.MULTILINE)

    assert lines
    for line in lines:
        assert "plan" in parser().parse_args(shlex.split(line))


def test_the_page_names_what_the_command_reads():
    """Its variable among them."""
    assert f"`{VARIABLE}`" in PAGE.read_text("utf-8")
