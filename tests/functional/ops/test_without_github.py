"""Commands where PyGithub is not installed."""

import json
import os
import subprocess
import sys

import pytest

from tests.unit.ops.plan_check.planned import plan
from tests.waiting import START

# As Python itself has it: a module that is None cannot be imported.
PROGRAM = "import sys; sys.modules['github'] = None; from ops.__main__ import main; sys.exit(main())"
GIVEN = {
    "GITHUB_TOKEN": "ghs_secret",
    "GITHUB_REPOSITORY": "example/notifications",
    "GITHUB_API_URL": "https://api.github.com",
}


def ops(*arguments, **environment):
    """Run a command."""
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=START,
        check=False,
    )


def test_a_plan_is_judged(tmp_path):
    """Nothing of it is GitHub's."""
    (tmp_path / "plan.json").write_text(plan({"of": "queue", "action": "delete"}))
    ended = ops("plan-check", str(tmp_path / "plan.json"), "--json")

    assert (2, "") == (ended.returncode, ended.stderr)
    assert json.loads(ended.stdout)["dangerous"]


@pytest.mark.parametrize("command", ["release --image-tag 2", "drift", "review", "nightly"])
def test_other_commands_come_as_far_as_the_environment(command):
    """Which there is none of here."""
    ended = ops(*command.split(), "--environment", "staging", STATE_BUCKET="")

    assert 64 == ended.returncode
    assert "ops: STATE_BUCKET is not set" in ended.stderr


@pytest.mark.parametrize("command", ["review --pull-request 7", "nightly --issue"])
def test_what_speaks_with_github_says_what_is_missing(command):
    """In one line, before anything takes long."""
    ended = ops(*command.split(), "--environment", "staging", **GIVEN, STATE_BUCKET="x")

    assert (1, "") == (ended.returncode, ended.stdout)
    assert "ops: PyGithub is not installed" in ended.stderr
    assert 1 == len(ended.stderr.splitlines())
