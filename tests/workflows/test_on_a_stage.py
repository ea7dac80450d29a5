"""Runs of the workflows that look at an environment or change it, with a stage as that environment."""

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from common.terraform.terraform_cli import find_terraform
from tests.workflows.declared import ROOT
from tests.workflows.github_api import GitHubApi
from tests.workflows.stage_up import stage_up
from verify.versions import FAILS, write_version

# Where others use the machine latencies scatter, and the bake says so: as a person would, bake for longer.
_BAKE_MINUTES = ("20", "40", "80")
_TOO_FEW = "too few requests or mails to tell"
STAGING = "environment:staging"
NIGHT = {"ref": "refs/heads/main"}


@pytest.fixture(scope="module")
def stage(tmp_path_factory, environments_of_tox):
    """GIVEN a stage of the whole system, which takes the place of staging's account."""
    environments_of_tox("ops")
    with stage_up(tmp_path_factory.mktemp("stage")) as up:
        yield up


@pytest.fixture
def github():
    """GIVEN GitHub's API."""
    with GitHubApi() as api:
        yield api


@pytest.fixture
def staging(trusted, stage, github):
    """GIVEN a repository whose workflows reach both."""
    trusted.environment |= {"GITHUB_API_URL": github.url, "STAND_IN_STAGE": stage.name}
    trusted.secrets["GITHUB_TOKEN"] = github.token
    trusted.reach(stage.environment)
    return trusted


class TestReview:
    """The plan of a pull request."""

    @pytest.fixture
    def pull_request(self, staging, stage, github, tmp_path):
        """GIVEN a pull request that keeps messages for a shorter time than they are kept now."""
        folder = tmp_path / "changed"
        shutil.copytree(stage.folder, folder, symlinks=True)
        self.edit(folder, "= var.retention_days * local.seconds_a_day", "= local.seconds_a_day")
        staging.reach(stage.environment | {"OPS_FOLDER": str(folder)})
        opened = github.pull_request("Keep less")
        return folder, {
            "number": opened["number"],
            "pull_request": {"number": opened["number"], "head": {"repo": {"full_name": github.repository}}},
        }

    def edit(self, folder, find, replace):
        """Change the declaration of the queue."""
        file = folder / "modules" / "queue" / "queue.tf"
        text = file.read_text()
        assert find in text
        file.write_text(text.replace(find, replace))

    def test_a_dangerous_change_is_told_until_it_is_taken_back(self, staging, pull_request, github):
        """The job fails and comments; once the change is harmless it passes, and the same comment says so."""
        folder, payload = pull_request

        first = staging.run("ci", "pull_request", payload, job="review", matrix=STAGING)

        assert {"review": "failure"} == first.results, first.said
        [comment] = github.comments
        assert "message_retention_seconds" in comment["body"]
        assert "message_retention_seconds" in first.summary

        self.edit(folder, "= local.seconds_a_day", "= var.retention_days * local.seconds_a_day")
        second = staging.run("ci", "pull_request", payload, job="review", matrix=STAGING)

        assert {"review": "success"} == second.results, second.said
        assert [comment["id"]] == [one["id"] for one in github.comments]
        assert "message_retention_seconds" not in github.comments[0]["body"]


class TestNightly:
    """What differs from what is declared."""

    @pytest.fixture
    def mend(self, stage):
        """GIVEN an alarm that tells nobody any more; THEN it tells somebody again."""
        cloudwatch = stage.client("cloudwatch")
        [name, *_] = sorted(
            one["AlarmName"]
            for one in cloudwatch.describe_alarms(AlarmNamePrefix="notifications-staging")["MetricAlarms"]
        )
        cloudwatch.disable_alarm_actions(AlarmNames=[name])
        yield lambda: cloudwatch.enable_alarm_actions(AlarmNames=[name])
        cloudwatch.enable_alarm_actions(AlarmNames=[name])

    def test_drift_has_an_issue_until_it_is_mended(self, staging, mend, github):
        """It is opened by the night that finds it, and closed by the first one that does not."""
        found = staging.run("nightly", "schedule", NIGHT, job="drift", matrix=STAGING)

        assert {"drift": "failure"} == found.results, found.said
        [issue] = github.issues
        assert "open" == issue["state"]
        assert "actions_enabled" in issue["body"]

        mend()
        clean = staging.run("nightly", "schedule", NIGHT, job="drift", matrix=STAGING)

        assert {"drift": "success"} == clean.results, clean.said
        assert ["closed"] == [one["state"] for one in github.issues]


class TestRelease:
    """A version's way from its tag into staging."""

    @pytest.fixture
    def bakes(self, staging, stage):
        """GIVEN users, short bakes, and a command that loads beside them."""
        url = stage.reached["url"]
        load = ("-m", "tests.workflows.load", "--port", url.rpartition(":")[2])
        staging.variables |= {
            "BAKE_WEIGHTS": "50",
            "BAKE_POLL_SECONDS": "1",
            "URL": url,
            "LOAD": shlex.join(["python", *load]),
        }
        staging.secrets["LOAD_API_KEY"] = Path(stage.reached["key_file"]).read_text()
        staging.environment["STAND_IN_REGISTRY"] = str(stage.log.with_name("registry"))
        users = subprocess.Popen(
            [sys.executable, *load, "--rate", "30", "--seconds", "3600"],
            cwd=ROOT,
            env=os.environ | staging.secrets,
        )
        yield staging
        users.terminate()
        users.wait()

    def tagged(self, repository, tag, fault=None):
        """Commit a version; gives the payload of the push of its tag."""
        written = repository.folder.with_name("versions")
        write_version(repository.folder / "services", written, tag, fault)
        shutil.copytree(written / tag, repository.folder / "services", dirs_exist_ok=True)
        return {"ref": f"refs/tags/{tag}"}

    def out(self, stage):
        """What the state says is out."""
        told = subprocess.run(
            [find_terraform(), "output", "-json"], cwd=stage.folder, check=True, capture_output=True
        )
        outputs = json.loads(told.stdout)
        return outputs["image_tag"]["value"], outputs["canary"]["value"]["image_tag"]

    def test_a_good_version_comes_out(self, bakes, stage):
        """Its images are built, scanned and pushed; its canary bakes under load, and it is promoted."""
        payload = self.tagged(bakes, "v1.1.0")

        for minutes in _BAKE_MINUTES:
            bakes.variables["BAKE_MINUTES"] = minutes
            ended = bakes.run("release", "push", payload, job="staging")
            if _TOO_FEW not in ended.summary:
                break

        assert {"images": "success", "staging": "success"} == ended.results, ended.said
        assert ("v1.1.0", None) == self.out(stage)
        assert "**done**: v1.1.0 is out" in ended.summary

    def test_the_same_version_again(self, bakes):
        """A job that is run again pushes nothing anew, and finds that it is done."""
        ended = bakes.run("release", "push", self.tagged(bakes, "v1.1.0"), job="staging")

        assert {"images": "success", "staging": "success"} == ended.results, ended.said
        assert "built notifications-staging" not in ended.said
        assert "**done**: v1.1.0 is out" in ended.summary

    def test_a_tag_is_never_another_image(self, bakes, stage):
        """ECR refuses it, and nothing is released."""
        ended = bakes.run("release", "push", self.tagged(bakes, "v1.1.0", FAILS), job="staging")

        assert {"images": "success", "staging": "failure"} == ended.results
        assert "cannot be overwritten because the repository is immutable" in ended.said
        assert ("v1.1.0", None) == self.out(stage)

    def test_a_bad_version_is_taken_back(self, bakes, stage):
        """The bake finds it, what was out stays out, and production hears nothing of it."""
        ended = bakes.run("release", "push", self.tagged(bakes, "v1.2.0", FAILS))

        assert {"images": "success", "staging": "failure"} == ended.results, ended.said
        assert "**rolled back" in ended.summary
        assert ("v1.1.0", None) == self.out(stage)
