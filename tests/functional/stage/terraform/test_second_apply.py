import os
import subprocess
import threading
from pathlib import Path

import pytest

from stage.errors import StageError
from stage.terraform.rehearsed_module import Terraform
from stage.terraform.second_apply import Changes, apply_on_top
from stage.terraform.setting import declared_in, parse
from tests.functional.stage.terraform.modules import a_module, needs_terraform
from tests.waiting import START, eventually

pytestmark = needs_terraform

MODULE = """
variable "word" { type = string }
variable "thing" {
  type    = object({ word = string, count = number })
  default = null
}
variable "secret" {
  type      = string
  ephemeral = true
  default   = null
}
variable "waits" {
  type    = string
  default = ""
}
resource "terraform_data" "first" { input = var.word }
resource "terraform_data" "second" {
  count = var.thing == null ? 0 : var.thing.count
  input = var.thing.word
}
resource "terraform_data" "waits" {
  count = var.waits == "" ? 0 : 1
  provisioner "local-exec" { command = "${var.waits}" }
}
output "word" { value = terraform_data.first.output }
"""


@pytest.fixture
def terraform(tmp_path):
    """GIVEN a module that is applied with a file and a variable."""
    source = a_module(tmp_path / "root", MODULE)
    made = Terraform(source, tmp_path / "work", {})
    made.init()
    (tmp_path / "words.tfvars").write_text('word = "from the file"\nthing = { word = "thing", count = 1 }\n')
    made.apply([tmp_path / "words.tfvars"], {"secret": "unseen"}, lambda _: None)
    return made


@pytest.fixture
def apply(terraform, tmp_path):
    """Applies settings as the command line has them; gives what was changed."""
    folder = tmp_path / "work"

    def run(*arguments, progress=lambda _: None):
        declared = declared_in(folder)
        return apply_on_top(folder, {}, [parse(one, declared) for one in arguments], progress)

    return run


def plain_plan(folder: Path, *arguments: str) -> int:
    """Detailed exit status of a plan by hand in the copy: 0 for none, 2 for changes."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}
    return subprocess.run(
        ["terraform", "plan", "-input=false", "-detailed-exitcode", *arguments],  # noqa: S607 - as a person types it
        cwd=folder,
        env=environment,
        check=False,
        capture_output=True,
    ).returncode


def test_settings_win_and_are_remembered(apply, terraform, tmp_path):
    """On top of what it was applied with and of each other; a plan is empty, ours and one by hand."""
    said = []

    first = apply("word=set", progress=said.append)
    second = apply('thing={word="thing", count=2}')

    assert [Changes(0, 1, 0), Changes(1, 0, 0)] == [first, second]
    assert ["updated 1 of 1: terraform_data"] == said
    assert {"word": "set"} == terraform.outputs()
    assert [] == terraform.plan_changes()
    assert 0 == plain_plan(tmp_path / "work")
    assert 2 == plain_plan(tmp_path / "work", "-var", "word=by hand")


def test_without_settings_what_is_remembered_is_applied(apply, terraform, tmp_path):
    """Nothing to do where nobody has changed anything."""
    apply("word=set")

    assert Changes() == apply()
    assert {"word": "set"} == terraform.outputs()


def test_a_failed_apply_is_one_line_and_remembers_nothing(apply, terraform):
    """What had been changed until then stays, and a plan tells of it."""
    with pytest.raises(StageError, match=r"^terraform apply: local-exec .*exit status 7") as error:
        apply("word=set", "waits=exit 7")

    assert "\n" not in str(error.value)
    assert "terraform_data.first" in terraform.plan_changes()


def test_what_terraform_refuses_is_told(apply, terraform):
    """A value that the variable cannot have."""
    with pytest.raises(StageError, match="terraform apply: Invalid value for input variable"):
        apply("thing=1")

    assert [] == terraform.plan_changes()


def test_an_ephemeral_variable_may_be_set(apply, terraform):
    """It stands in no plan, but in the files."""
    apply("secret=another")

    assert [] == terraform.plan_changes()


@pytest.mark.parametrize("first", ["ours", "plain"])
def test_a_second_one_is_told_to_wait(apply, terraform, tmp_path, first):
    """Whether the first is ours or one by hand; it goes on undisturbed."""
    folder, go = tmp_path / "work", tmp_path / "go"
    os.mkfifo(go)
    begun = tmp_path / "begun"
    waits = f"waits=touch {begun}; cat {go}"

    def by_hand():
        subprocess.run(
            ["terraform", "apply", "-auto-approve", "-var", waits],  # noqa: S607 - as above
            cwd=folder,
            check=True,
            capture_output=True,
        )

    thread = threading.Thread(target=by_hand if first == "plain" else lambda: apply(waits))
    thread.start()
    try:
        eventually(begun.exists, START)
        with pytest.raises(StageError, match=f"another Terraform is at work in {folder}: wait until"):
            apply("word=second")
    finally:
        go.write_text("")
        thread.join()

    assert {"word": "from the file"} == terraform.outputs()
    assert ("terraform_data.waits[0]" in terraform.plan_changes()) == (first == "plain")
