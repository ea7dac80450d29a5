"""`python -m ops nightly`, with GitHub's stand-in, an emulated AWS, and an environment without Terraform."""

import json
import re
import shlex
from pathlib import Path

import pytest
from botocore.exceptions import ClientError, NoCredentialsError

from common.terraform.terraform_cli import TerraformError
from ops.__main__ import main, parser
from ops.drift import command as drift_command
from ops.errors import OpsError, UsageError
from ops.exit_status import ExitStatus
from ops.nightly import command
from ops.plan_check.allowances import VARIABLE
from ops.review import command as review_command
from tests.unit.ops.drift.system import System
from tests.unit.ops.environments import GivenEnvironment
from tests.unit.ops.nightly.halves import RULE, UNPLANNED, drift, plan
from tests.unit.ops.plan_check.planned import RESOURCES
from tests.unit.ops.plan_check.planned import plan as document

PAGE = Path(__file__).resolve().parents[4] / "docs" / "ops.md"
QUEUE = RESOURCES["queue"]["address"]
DENIED = ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "ListRoles")


@pytest.fixture
def run(monkeypatch, capsys):
    """Runs the command, and gives its status and what it says."""
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("STATE_BUCKET", "notifications-state-1")

    def run(*options, environment="staging"):
        status = main(["nightly", "--environment", environment, *options])
        told = capsys.readouterr()
        return status, told.out, told.err

    return run


@pytest.fixture
def halves(monkeypatch, run):
    """Runs the command with halves that end as given: an answer, or an error."""

    def halves(*options, drifted, review):
        def ending(as_given):
            def end(*_):
                if isinstance(as_given, Exception):
                    raise as_given
                return as_given

            return end

        monkeypatch.setattr(drift_command, "run", ending(drifted))
        monkeypatch.setattr(command, "reviewed", ending(review))
        return run(*options)

    return halves


@pytest.mark.parametrize(
    ("drifted", "review", "status"),
    [
        (drift(), plan(), ExitStatus.DONE),
        (drift(RULE), plan(), ExitStatus.FOUND),
        (drift(), plan("queue"), ExitStatus.FOUND),
        (drift(RULE), UNPLANNED, ExitStatus.UNKNOWN),
        (TerraformError("no credentials"), plan("queue"), ExitStatus.UNKNOWN),
        (OpsError("nothing is applied"), plan(), ExitStatus.UNKNOWN),
        (UsageError("drift.yaml:3: wrong"), plan(), ExitStatus.UNKNOWN),
        (NoCredentialsError(), plan(), ExitStatus.UNKNOWN),
        (DENIED, plan(), ExitStatus.UNKNOWN),
        (drift(RULE), UsageError("what is applied there is production"), ExitStatus.UNKNOWN),
    ],
)
def test_what_could_not_be_told_is_never_clean(halves, drifted, review, status):
    """Nor does it keep the other half from being made."""
    ended, out, _ = halves("--json", drifted=drifted, review=review)

    assert status == ended
    told = json.loads(out)
    for half, given in (("drift", drifted), ("review", review)):
        assert (str(given) if isinstance(given, Exception) else "") in json.dumps(told[half])


def test_an_unknown_environment_is_told(run):
    """Before anything is looked at."""
    status, out, err = run(environment="mars")

    assert (ExitStatus.USAGE, "") == (status, out)
    assert "there are production, staging" in err


def test_what_github_actions_did_not_set_is_told_before_anything_is_looked_at(run, api, monkeypatch):
    """In one line."""
    monkeypatch.delenv("GITHUB_TOKEN")
    status, out, err = run("--issue")

    assert (ExitStatus.USAGE, "") == (status, out)
    assert "GITHUB_TOKEN is not set" in err


def test_without_being_asked_nothing_is_written_on_github(halves, api):
    """A person may look by day."""
    halves(drifted=drift(RULE), review=plan())

    assert [] == api.requests


@pytest.mark.parametrize(
    ("failure", "told"), [((401,), "refuses GITHUB_TOKEN"), ((403, "POST", "/issues$"), "issues: write")]
)
def test_an_issue_that_cannot_be_written_hides_nothing(halves, api, failure, told):
    """Both are told, and the status says that not all went well."""
    api.fail(*failure)
    status, out, _ = halves("--issue", drifted=drift(RULE), review=plan("queue"))

    assert ExitStatus.UNKNOWN == status
    for one in ("aws_security_group.this", "1 thing is dangerous", told):
        assert one in out


def test_a_drift_by_hand_opens_an_issue_and_its_end_closes_it(run, api, client, monkeypatch):
    """From AWS to GitHub, with nothing between but Terraform's own answers."""
    system = System(client)
    environment = GivenEnvironment(
        state=system.document(), planned=json.loads(document({"of": "queue", "action": "stays"}))
    )
    monkeypatch.setattr(drift_command, "open_environment", lambda *_: (environment, environment.outputs()))
    monkeypatch.setattr(review_command, "Environment", lambda *_: environment)
    system.alarm(AlarmActions=[])

    assert ExitStatus.FOUND == run("--issue")[0]
    (issue,) = [one for one in api.issues if not one["pull_request"]]
    assert ("open", "staging: drift") == (issue["state"], issue["title"])
    assert "`aws_cloudwatch_metric_alarm.errors` | `alarm_actions`" in issue["body"]

    system.alarm()

    assert ExitStatus.DONE == run("--issue")[0]
    assert "closed" == issue["state"]


def test_what_is_dangerous_may_be_allowed(run, monkeypatch):
    """As for a plan check."""
    planned = json.loads(document({"of": "queue", "action": "delete"}))
    monkeypatch.setattr(drift_command, "run", lambda _: drift())
    monkeypatch.setattr(review_command, "Environment", lambda *_: GivenEnvironment(planned=planned))

    assert ExitStatus.FOUND == run()[0]
    assert ExitStatus.DONE == run("--allow", QUEUE)[0]


def test_the_commands_on_the_page_are_the_programs():
    """Whoever copies them gets no complaint about the command line."""
    lines = re.findall(r"^python -m ops (nightly .+)$", PAGE.read_text("utf-8"), re.MULTILINE)

    assert lines
    for line in lines:
        assert "staging" == parser().parse_args(shlex.split(line)).environment
