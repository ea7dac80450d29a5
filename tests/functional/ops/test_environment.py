"""An environment's own Terraform: applies that outlive whoever began them, and a state that is locked."""

import json
import os
import signal
import subprocess
import sys

import pytest

from common.terraform.terraform_cli import TerraformError, find_terraform
from ops.environment import ROOT_MODULE, Environment, NothingAppliedError, find
from ops.errors import UsageError
from ops.exit_status import ExitStatus
from ops.review.command import reviewed
from stage.terraform.rehearsed_module import LEFT_BEHIND
from tests.functional.stage.terraform.modules import a_module, needs_terraform
from tests.waiting import SOON, eventually

pytestmark = needs_terraform

# Its resource is there once a file is: an apply takes as long as a test wants.
MODULE = """
variable "image_tag" { default = "1" }
variable "canary" {
  type    = object({ image_tag = string, weight = number })
  default = null
}
variable "gate" {}
resource "terraform_data" "service" {
  input = [var.image_tag, var.canary]
  provisioner "local-exec" {
    command = "until test -e '${var.gate}'; do sleep 0.1; done"
  }
  triggers_replace = [var.image_tag, var.canary]
}
output "image_tag" {
  value      = var.image_tag
  depends_on = [terraform_data.service]
}
output "canary" { value = var.canary }
"""
KILLED = """
import sys
from pathlib import Path
from ops.environment import ROOT_MODULE, Environment, find
Environment(find("here", Path(sys.argv[1])), print).apply({"image_tag": sys.argv[2]})
"""


def terraform(folder, *arguments):
    """Run it as a person would."""
    subprocess.run([find_terraform(), *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def gate(tmp_path):
    """The file that an apply waits for; it is there unless a test takes it away."""
    file = tmp_path / "gate"
    file.touch()
    return file


@pytest.fixture
def folder(tmp_path, gate):
    """GIVEN a root module whose variables lie in it, initialised and applied once."""
    made = a_module(tmp_path / "root", MODULE)
    (made / "given.auto.tfvars.json").write_text(json.dumps({"gate": str(gate)}))
    terraform(made, "init")
    terraform(made, "apply", "-auto-approve")
    return made


@pytest.fixture
def environment(folder):
    """The environment of that module."""
    return Environment(find("here", folder), print)


def test_a_variable_that_a_pipeline_leaves_empty_is_not_given(folder, monkeypatch):
    """It is as the module has it by itself, and not an empty text."""
    monkeypatch.setenv("TF_VAR_image_tag", "")
    environment = Environment(find("here", folder), print)

    assert [] == environment.changes({})


def test_variables_win_and_outputs_tell(environment):
    """Texts and objects alike; the plan with them is empty after it."""
    released = {"image_tag": "2", "canary": {"image_tag": "3", "weight": 10}}
    assert ["terraform_data.service"] == environment.changes(released)

    environment.apply(released)

    assert {"image_tag": "2", "canary": {"image_tag": "3", "weight": 10}} == environment.outputs()
    assert [] == environment.changes(released)
    environment.apply({"image_tag": "2", "canary": None})
    assert {"image_tag": "2"} == environment.outputs()


def test_everything_is_read_before_an_apply_unless_it_has_just_been(environment, folder):
    """Terraform tells each resource that it reads."""
    log = folder / ".terraform" / "ops-apply.log"

    environment.apply({"image_tag": "2"})
    assert '"type":"refresh_start"' in log.read_text()
    environment.apply({"image_tag": "3"}, refresh=False)
    assert '"type":"refresh_start"' not in log.read_text()

    assert "3" == environment.outputs()["image_tag"]


def test_no_plan_is_left(environment, folder):
    """It holds what the state holds."""
    environment.changes({"image_tag": "2"})

    assert [] == list(folder.rglob("*.tfplan"))


def begun(folder, tag):
    """A process that applies a tag, as soon as Terraform has begun with the resource."""
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(folder), tag], env={**os.environ}, stdout=subprocess.DEVNULL
    )
    log = folder / ".terraform" / "ops-apply.log"
    eventually(lambda: log.exists() and "Provisioning with" in log.read_text(), SOON, what="begun apply")
    return process


def test_an_apply_outlives_whoever_began_it(folder, gate):
    """Killed in the middle of it, the next one waits, says for what, and finds a state that is whole."""
    gate.unlink()
    process = begun(folder, "2")
    process.send_signal(signal.SIGKILL)
    process.wait()
    said = []

    def say(text):
        said.append(text)
        gate.touch()

    environment = Environment(find("here", folder), say)

    assert [] == environment.changes({"image_tag": "2"})
    assert [True] == ["the state is locked" in text for text in said]
    assert "2" == environment.outputs()["image_tag"]


def test_an_apply_without_hope_is_ended_in_order(folder, environment, gate):
    """The reason is the error; what was begun is in the state, and the next apply goes on from there."""
    gate.unlink()
    log = folder / ".terraform" / "ops-apply.log"

    def hopeless():
        begun = log.exists() and "Provisioning with" in log.read_text()
        return "api-canary: its deployment FAILED." if begun else ""

    with pytest.raises(TerraformError, match=r"^api-canary: its deployment FAILED\.$"):
        environment.apply({"image_tag": "2"}, hopeless=hopeless)
    gate.touch()
    environment.apply({"image_tag": "2"}, hopeless=lambda: "")

    assert "2" == environment.outputs()["image_tag"]


def test_who_does_not_want_to_wait_is_told(folder, gate):
    """One line that says that the state is locked."""
    gate.unlink()
    process = begun(folder, "2")
    impatient = Environment(find("here", folder), lambda _: None, lock_minutes=0.01)

    with pytest.raises(TerraformError, match="state lock"):
        impatient.changes({"image_tag": "2"})
    gate.touch()
    process.wait()


def test_ctrl_c_ends_an_apply_in_order(folder, gate):
    """Terraform ends what it has begun; nothing of it goes on alone."""
    gate.unlink()
    process = begun(folder, "2")
    gate.touch()
    process.send_signal(signal.SIGINT)
    process.wait(SOON)

    terraform(folder, "plan")


def test_an_error_is_one_line(environment):
    """What Terraform says is wrong."""
    with pytest.raises(TerraformError, match=r"^terraform apply: .*weight"):
        environment.apply({"canary": {"image_tag": "3"}})


def test_nothing_applied_is_told(tmp_path):
    """With what to do."""
    made = a_module(tmp_path / "empty", 'output "nothing" { value = null }')
    terraform(made, "init")

    with pytest.raises(NothingAppliedError, match="nothing is applied in here"):
        Environment(find("here", made), print).outputs()


def test_a_first_apply_is_planned(tmp_path, gate):
    """All of it is new, and nothing of it is dangerous."""
    made = a_module(tmp_path / "empty", MODULE)
    (made / "given.auto.tfvars.json").write_text(json.dumps({"gate": str(gate)}))
    terraform(made, "init")

    review = reviewed(find("here", made), [])

    assert (True, "") == (review.is_first, review.failure)
    assert "1 to add, 0 to change, 0 to replace, 0 to destroy" == review.plan.summary.sentence
    assert ExitStatus.DONE == review.status


def test_what_terraform_complains_of_is_no_verdict(tmp_path):
    """In one line."""
    made = a_module(tmp_path / "broken", 'output "nothing" { value = var.none }')

    review = reviewed(find("here", made), [])

    assert ExitStatus.UNKNOWN == review.status
    assert review.failure.startswith("terraform ")
    assert 1 == len(review.failure.splitlines())


@pytest.mark.parametrize(
    ("name", "folder", "told"),
    [("mars", None, "there are production, staging"), ("here", "empty", "holds no")],
)
def test_what_is_not_there_is_told(tmp_path, name, folder, told):
    """Which environments there are; that a folder is none."""
    place = None if folder is None else tmp_path / folder
    if place is not None:
        place.mkdir()

    with pytest.raises(UsageError, match=told):
        find(name, place)


def test_an_environment_of_ours_wants_the_bucket_of_its_state(monkeypatch):
    """And has a folder of its own for what Terraform keeps, so that two never share a backend."""
    monkeypatch.delenv("STATE_BUCKET", raising=False)
    with pytest.raises(UsageError, match="STATE_BUCKET is not set"):
        find("staging")
    monkeypatch.setenv("STATE_BUCKET", "notifications-state-1")

    staging, production = find("staging"), find("production")

    assert "-backend-config=bucket=notifications-state-1" in staging.backend
    assert staging.data != production.data


def test_nothing_of_an_environment_follows_a_copy_of_the_module(monkeypatch):
    """Its providers alone are half a gigabyte."""
    monkeypatch.setenv("STATE_BUCKET", "notifications-state-1")
    within = find("staging").data.relative_to(ROOT_MODULE).parts[0]

    assert {within} == LEFT_BEHIND(str(ROOT_MODULE), [within])
