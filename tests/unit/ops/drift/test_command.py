"""The command line of a check."""

import json
import re
from pathlib import Path

import pytest
import yaml

from common.terraform.terraform_cli import TerraformError
from ops import __main__ as command_line
from ops.drift import allowed, command
from ops.exit_status import ExitStatus
from tests.unit.ops.drift.system import SECRET
from tests.unit.ops.environments import GivenEnvironment
from tests.unit.ops.plan_check.planned import RESOURCES, plan

ROOT = Path(__file__).resolve().parents[4]


@pytest.mark.parametrize("line", [[], ["--environment"], ["--environment", "staging", "--fix"]])
def test_a_wrong_command_line_is_no_finding(line, capsys):
    """Nor is there a way to put drift right from here."""
    with pytest.raises(SystemExit) as ended:
        command_line.main(["drift", *line])

    assert ExitStatus.USAGE == ended.value.code
    assert capsys.readouterr().err.splitlines()[-1].startswith("python -m ops")


def test_an_unknown_environment_is_told(capsys):
    """With those that there are."""
    assert ExitStatus.USAGE == command_line.main(["drift", "--environment", "mars"])
    assert "there are production, staging" in capsys.readouterr().err


@pytest.mark.parametrize("page", ["docs/ops.md", "docs/drift.md"])
def test_the_commands_of_a_page_exist(page):
    """As they are written there."""
    lines = re.findall(r"^python -m ops (drift [^#\n]+)", (ROOT / page).read_text("utf-8"), re.MULTILINE)

    assert lines
    for line in lines:
        assert "staging" == command_line.parser().parse_args(line.split()).environment


@pytest.fixture
def checked(system, monkeypatch, capsys):
    """Runs the command on the emulated system, with an environment without Terraform."""

    def checked(*options, **given):
        environment = GivenEnvironment(state=system.document(), **given)
        opened = environment, environment.outputs()
        monkeypatch.setattr(command, "open_environment", lambda *_: opened)
        status = command_line.main(["drift", "--environment", "staging", *options])
        told = capsys.readouterr()
        return status, told.out, told.err

    return checked


def test_what_was_just_applied_is_clean(checked):
    """AWS and a plan are looked at, in the environment's own region; what takes long is said."""
    status, out, err = checked()

    assert ExitStatus.DONE == status
    assert "NO DRIFT" == out.strip()
    assert ["asking AWS", "planning"] == err.splitlines()


def test_drift_in_aws_and_in_a_plan_is_found(checked, system):
    """Each with the source that tells it; the status is that of a finding."""
    system.alarm(AlarmActions=[])
    status, out, _ = checked("--json", planned=json.loads(plan({"of": "queue", "action": "create"})))

    assert ExitStatus.FOUND == status
    told = json.loads(out)
    assert "drift" == told["verdict"]
    assert [
        ("aws_cloudwatch_metric_alarm.errors", "alarm_actions", "alarms"),
        (RESOURCES["queue"]["address"], "resource", "terraform plan"),
    ] == [(one["resource"], one["attribute"], one["source"]) for one in told["findings"]]


@pytest.mark.parametrize("failing", [("planned",), ("planned", "refreshed")])
def test_a_plan_that_fails_is_never_clean(checked, failing):
    """Whatever AWS says, and a refresh alone."""
    error = TerraformError("terraform plan: no credentials")
    status, out, _ = checked("--markdown", **dict.fromkeys(failing, error))

    assert ExitStatus.UNKNOWN == status
    assert "## Drift of staging: could not tell" in out
    assert "terraform plan: no credentials" in out


def test_what_may_differ_for_a_while_is_no_finding(checked, system, monkeypatch, tmp_path):
    """As the file says, of the environment that it is for."""
    system.alarm(AlarmActions=[])
    entry = {"resource": "*errors", "attribute": "alarm_actions", "reason": "x", "owner": "y"}
    file = tmp_path / "drift.yaml"
    file.write_text(yaml.safe_dump({"allowed": [entry | {"until": "2999-01-01", "environment": "staging"}]}))
    monkeypatch.setattr(allowed, "FILE", file)

    status, out, _ = checked()

    assert ExitStatus.DONE == status
    assert "allowed until 2999-01-01 (y): aws_cloudwatch_metric_alarm.errors" in out


def test_a_wrong_file_of_what_may_differ_is_told_before_anything_is_asked(checked, monkeypatch, tmp_path):
    """By its line."""
    file = tmp_path / "drift.yaml"
    file.write_text("allowed:\n  - resource: x\n")
    monkeypatch.setattr(allowed, "FILE", file)

    status, out, err = checked()

    assert (ExitStatus.USAGE, "") == (status, out)
    assert "drift.yaml:2: " in err


def test_no_secret_of_the_system_is_told(checked, system):
    """Though one is about to be deleted, which is told."""
    system.client("secretsmanager").delete_secret(SecretId=system.ids["secret"])
    status, out, err = checked("--json")

    assert ExitStatus.FOUND == status
    assert "aws_secretsmanager_secret.api_keys" in out
    assert SECRET not in out + err
