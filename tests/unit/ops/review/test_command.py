"""`python -m ops review`, with GitHub's stand-in and an environment without Terraform."""

import json
import re
import shlex
from pathlib import Path

import pytest

from common.terraform.terraform_cli import TerraformError
from ops.__main__ import main, parser
from ops.exit_status import ExitStatus
from ops.github.text import MAX_BODY
from ops.plan_check.allowances import VARIABLE
from ops.review import command
from tests.unit.ops.environments import OUT, GivenEnvironment
from tests.unit.ops.plan_check.planned import RESOURCES, plan
from tests.workflows.github_api import TOKEN

PAGE = Path(__file__).resolve().parents[4] / "docs" / "ops.md"
QUEUE = RESOURCES["queue"]["address"]
TABLE = RESOURCES["table"]["address"]
HARMLESS = json.loads(plan({"of": "queue", "action": "create"}))
DANGEROUS = json.loads(plan({"of": "queue", "action": "delete"}, {"of": "table", "action": "delete"}))
SECRET = "correct-horse"


@pytest.fixture
def reviewed(monkeypatch, tmp_path, capsys):
    """Runs the command on an environment, and gives its status and what it says."""
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("STATE_BUCKET", "notifications-state-1")

    def reviewed(*options, planned=HARMLESS, environment="staging", outputs=()):
        given = GivenEnvironment(*outputs, planned=planned)
        monkeypatch.setattr(command, "Environment", lambda *_: given)
        status = main(["review", "--environment", environment, *options])
        told = capsys.readouterr()
        return status, told.out, told.err

    return reviewed


def the_comment(api):
    """The only one on the pull request."""
    (one,) = api.of(7)
    return one["body"]


@pytest.mark.parametrize(
    ("planned", "status"),
    [
        (HARMLESS, ExitStatus.DONE),
        (DANGEROUS, ExitStatus.FOUND),
        (TerraformError("terraform plan: no credentials"), ExitStatus.UNKNOWN),
        (HARMLESS | {"errored": True}, ExitStatus.UNKNOWN),
    ],
)
def test_a_status_is_that_of_a_plan_check(reviewed, planned, status):
    """Without GitHub, as a person runs it."""
    assert status == reviewed(planned=planned)[0]


def test_where_nothing_is_applied_all_is_new(reviewed):
    """And that is said."""
    status, out, _ = reviewed(outputs=(None,))

    assert ExitStatus.DONE == status
    assert "Nothing is out there yet" in out


def test_an_unknown_environment_is_told(reviewed):
    """With those that there are."""
    status, _, err = reviewed(environment="mars")

    assert ExitStatus.USAGE == status
    assert "there are production, staging" in err


def test_a_folder_of_another_environment_is_told(reviewed):
    """The command line is wrong; nothing was judged."""
    status, out, err = reviewed(outputs=(OUT | {"environment": "production"},))

    assert (ExitStatus.USAGE, "") == (status, out)
    assert "what is applied there is production, not staging" in err


def test_what_is_dangerous_is_allowed_as_for_a_plan_check(reviewed, monkeypatch):
    """By options and by the environment."""
    monkeypatch.setenv(VARIABLE, QUEUE)

    assert ExitStatus.FOUND == reviewed(planned=DANGEROUS)[0]
    assert ExitStatus.DONE == reviewed("--allow", TABLE, planned=DANGEROUS)[0]


def test_a_pull_request_has_one_comment_that_is_kept_up_to_date(reviewed, api):
    """The second push's stands in the place of the first one's."""
    reviewed("--pull-request", "7", planned=DANGEROUS)
    assert "2 things are dangerous" in the_comment(api)

    assert ExitStatus.DONE == reviewed("--pull-request", "7")[0]

    assert the_comment(api).startswith("<!-- ops review: staging -->\n## Plan of staging\n")
    assert "Nothing in the plan is dangerous." in the_comment(api)


def test_each_environment_has_a_comment_of_its_own(reviewed, api, monkeypatch):
    """A push is planned in all of them."""
    reviewed("--pull-request", "7")
    monkeypatch.setattr(GivenEnvironment, "name", "production")
    reviewed("--pull-request", "7", environment="production", outputs=(None,))

    assert [True, True] == [
        f"<!-- ops review: {name} -->" in one["body"]
        for name, one in zip(("staging", "production"), api.of(7), strict=True)
    ]


def test_labels_of_the_pull_request_allow(reviewed, api, monkeypatch):
    """Beside options and the environment; other labels say something else."""
    api.issues[0]["labels"] = [f"allow: {QUEUE}", TABLE, "bug"]
    assert ExitStatus.FOUND == reviewed("--pull-request", "7", planned=DANGEROUS)[0]
    assert "1 thing is dangerous" in the_comment(api)

    monkeypatch.setenv(VARIABLE, TABLE)

    assert ExitStatus.DONE == reviewed("--pull-request", "7", planned=DANGEROUS)[0]


def test_a_plan_that_fails_does_not_leave_the_last_ones_verdict(reviewed, api):
    """The comment says why there is none."""
    reviewed("--pull-request", "7")

    status, _, _ = reviewed("--pull-request", "7", planned=TerraformError("terraform plan: no `x`"))

    assert ExitStatus.UNKNOWN == status
    assert "It could not be planned: terraform plan: no" in the_comment(api)
    assert "Nothing in the plan" not in the_comment(api)


def test_a_comment_is_as_long_as_github_takes(reviewed, api):
    """A plan with a thousand deletions, too."""
    queues = [{"of": "queue", "action": "delete", "address": f"aws_sqs_queue.x[{i}]"} for i in range(1000)]
    status, _, _ = reviewed("--pull-request", "7", planned=json.loads(plan(*queues)))

    assert ExitStatus.FOUND == status
    assert MAX_BODY - 500 < len(the_comment(api)) <= MAX_BODY
    assert "GitHub takes no more than 65,536 characters" in the_comment(api)


@pytest.mark.parametrize("status", [401, 403, 404, 500])
def test_a_comment_that_cannot_be_written_does_not_hide_the_verdict(reviewed, api, status):
    """Both are told, and the status says that not all went well."""
    api.fail(status, "POST", "/comments$")

    ended, out, _ = reviewed("--pull-request", "7", planned=DANGEROUS)

    assert ExitStatus.UNKNOWN == ended
    assert "2 things are dangerous, at 2 addresses." in out
    assert "GitHub: a comment on pull request 7: " in out


def test_labels_that_cannot_be_read_allow_nothing(reviewed, api):
    """The comment says so, too; the verdict is as without them."""
    api.issues[0]["labels"] = [f"allow: {QUEUE}", f"allow: {TABLE}"]
    api.fail(502, "GET", "/pulls/7$", times=4)

    ended, out, _ = reviewed("--pull-request", "7", planned=DANGEROUS)

    assert ExitStatus.UNKNOWN == ended
    for told in (out, the_comment(api)):
        assert "2 things are dangerous" in told
        assert "GitHub: labels of pull request 7: GitHub answers 502" in told


def test_a_refused_token_is_one_line_beside_the_verdict(reviewed, api, monkeypatch):
    """It is not shown."""
    monkeypatch.setenv("GITHUB_TOKEN", "ghs_of_somebody_else")

    ended, out, err = reviewed("--pull-request", "7")

    assert ExitStatus.UNKNOWN == ended
    assert "GitHub refuses GITHUB_TOKEN" in out
    assert "ghs_of_somebody_else" not in out + err
    assert [] == api.comments


@pytest.mark.parametrize("name", ["GITHUB_TOKEN", "GITHUB_REPOSITORY", "GITHUB_API_URL"])
def test_what_github_actions_did_not_set_is_told_before_anything_is_planned(reviewed, api, monkeypatch, name):
    """In one line."""
    monkeypatch.delenv(name)

    ended, out, err = reviewed("--pull-request", "7")

    assert ExitStatus.USAGE == ended
    assert "" == out
    assert f"ops: {name} is not set" in err
    assert 1 == len(err.splitlines())


def test_no_secret_is_told_to_anybody(reviewed, api):
    """What Terraform marks as sensitive, and the token."""
    changed = {"of": "database", "was": {"password": SECRET}, "becomes": {"password": "battery"}}
    planned = json.loads(plan(changed | {"sensitive": ["password"]}, {"of": "queue", "action": "delete"}))

    for form in ("--json", "--markdown"):
        _, out, err = reviewed("--pull-request", "7", form, planned=planned)
        for secret in (SECRET, "battery", TOKEN):
            assert secret not in out + err + the_comment(api)


@pytest.mark.parametrize("number", ["0", "-1", "x", ""])
def test_a_pull_request_is_a_number(number):
    """From 1 on."""
    with pytest.raises(SystemExit) as ended:
        main(["review", "--environment", "staging", "--pull-request", number])

    assert ExitStatus.USAGE == ended.value.code


def test_the_commands_on_the_page_are_the_programs():
    """Whoever copies them gets no complaint about the command line."""
    lines = re.findall(r"^python -m ops (review .+)$", PAGE.read_text("utf-8"), re.MULTILINE)

    assert lines
    for line in lines:
        assert "staging" == parser().parse_args(shlex.split(line)).environment
