import re
from pathlib import Path

import pytest

from stage.errors import StageError
from stage.terraform.rehearsed_module import LOCK_FILE, Terraform
from tests.functional.stage.terraform.modules import a_module, needs_terraform

ROOT = Path(__file__).resolve().parents[4]

# The provider of terraform_data is part of Terraform: nothing is downloaded.
TWO_THINGS = """
variable "word" { type = string }
resource "terraform_data" "first" { input = var.word }
resource "terraform_data" "second" { input = terraform_data.first.output }
output "word" { value = terraform_data.second.output }
"""
FIRST_AND_SECOND = ["terraform_data.first", "terraform_data.second"]


def test_terraform_missing(tmp_path, monkeypatch):
    """Without Terraform the error says where to get it."""
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(StageError, match="terraform is not on PATH: install"):
        Terraform(a_module(tmp_path / "root", TWO_THINGS), tmp_path / "work", {})


@needs_terraform
class TestCopy:
    """What is copied, and where to."""

    def test_leaves_state_behind(self, tmp_path):
        """Neither state nor installed providers follow the module."""
        source = a_module(tmp_path / "root", TWO_THINGS)
        (source / ".terraform").mkdir()
        for name in ("terraform.tfstate", "terraform.tfstate.backup", "x.tfplan"):
            (source / name).touch()

        Terraform(source, tmp_path / "work", {})

        copied = {path.name for path in (tmp_path / "work").iterdir()}
        assert {"main.tf", "local_state_override.tf"} == copied - {"terraform.rc"}

    def test_takes_the_lock_file_along(self, tmp_path):
        """What is rehearsed is what the lock file says was tested."""
        source = a_module(tmp_path / "root", TWO_THINGS)
        (source / LOCK_FILE).write_text("# locked\n")

        Terraform(source, tmp_path / "work", {})

        assert "# locked\n" == (tmp_path / "work" / LOCK_FILE).read_text()

    def test_refuses_a_folder_that_exists(self, tmp_path):
        """A folder that may hold somebody's files is not written to."""
        with pytest.raises(StageError, match="exists already: remove it or choose another"):
            Terraform(a_module(tmp_path / "root", TWO_THINGS), tmp_path, {})

    def test_refuses_a_folder_inside_thea_module(self, tmp_path):
        """The module would be copied into itself, without end."""
        source = a_module(tmp_path / "root", TWO_THINGS)

        with pytest.raises(StageError, match="lies inside"):
            Terraform(source, source / "work", {})

    def test_refuses_a_folder_without_aa_module(self, tmp_path):
        """A wrong path is noticed before anything starts."""
        with pytest.raises(StageError, match=r"holds no Terraform module: there is no \*.tf file"):
            Terraform(tmp_path, tmp_path / "work", {})

    def test_keeps_state_in_a_file_whatever_the_module_says(self, tmp_path):
        """A module with a shared backend is rehearsed without it."""
        shared = 'terraform {\n  backend "http" { address = "http://127.0.0.1:9/" }\n}\n'
        terraform = Terraform(a_module(tmp_path / "root", shared + TWO_THINGS), tmp_path / "work", {})

        terraform.init()
        terraform.apply([], {"word": "hi"}, lambda _: None)

        assert (tmp_path / "work" / "terraform.tfstate").is_file()


@needs_terraform
class TestApply:
    """What apply, plan, destroy and outputs tell."""

    @pytest.fixture
    def applied(self, tmp_path):
        """GIVEN a module that is applied, and what was said meanwhile."""
        source = a_module(tmp_path / "root", TWO_THINGS + 'module "inner" { source = "./inner" }\n')
        a_module(source / "inner", 'resource "terraform_data" "third" {}\n')
        terraform = Terraform(source, tmp_path / "work", {})
        terraform.init()
        (tmp_path / "words.tfvars").write_text('word = "from the file"')
        self.said = []
        terraform.apply([tmp_path / "words.tfvars"], {"word": "from the call"}, self.said.append)
        return terraform

    @pytest.mark.usefixtures("applied")
    def test_tells_each_resource(self):
        """Progress counts what was created out of what was planned."""
        assert [f"created {number} of 3: terraform_data" for number in (1, 2, 3)] == self.said

    def test_variables_win_over_files(self, applied):
        """A variable given in the call replaces the file's."""
        assert {"word": "from the call"} == applied.outputs()

    def test_a_second_plan_is_empty(self, applied):
        """What was just applied needs no change."""
        assert [] == applied.plan_changes()

    def test_a_changed_module_is_planned(self, applied, tmp_path):
        """Each address that would change is named."""
        (tmp_path / "work" / "main.tf").write_text(TWO_THINGS + 'resource "terraform_data" "fourth" {}\n')

        assert ["module.inner.terraform_data.third", "terraform_data.fourth"] == applied.plan_changes()

    def test_a_plan_for_other_inputs_changes_nothing(self, applied):
        """It says what would be done; what was applied stays, and so do its inputs."""
        planned = applied.plan([], {"word": "another"})

        actions = {change["address"]: change["change"]["actions"] for change in planned["resource_changes"]}
        assert ["update"] == actions["terraform_data.first"]
        assert {"word": "from the call"} == applied.outputs()
        assert [] == applied.plan_changes()

    def test_a_plan_is_carried_out_as_it_was_said(self, applied, tmp_path):
        """Also with what stands in no plan; from then on its inputs are those of the system."""
        secret = 'variable "secret" {\n  type = string\n  ephemeral = true\n  default = null\n}\n'
        (tmp_path / "work" / "secret.tf").write_text(secret)
        applied.plan([tmp_path / "words.tfvars"], {"word": "another", "secret": "unseen"})
        self.said.clear()

        applied.apply_planned(self.said.append)
        applied.plan([], {"word": "a third"})

        assert [f"updated {number} of 2: terraform_data" for number in (1, 2)] == self.said
        assert {"word": "another"} == applied.outputs()
        assert [] == applied.plan_changes()

    def test_a_plan_is_not_carried_out_after_something_else_was(self, applied):
        """What was looked at is no longer what would be done."""
        applied.plan([], {"word": "another"})
        applied.apply([], {"word": "a third"}, lambda _: None)

        with pytest.raises(StageError, match="terraform apply: Saved plan is stale"):
            applied.apply_planned(lambda _: None)

    @pytest.mark.parametrize("refresh", [True, False])
    def test_a_plan_may_do_without_reading_what_stands(self, applied, monkeypatch, refresh):
        """It reads it unless it is told not to."""
        said, run = set(), applied._cli.run  # noqa: SLF001 - its messages are nobody else's to hear

        def run_and_listen(*arguments):
            run(*arguments, heed=lambda message: said.add(message["type"]))

        monkeypatch.setattr(applied._cli, "run", run_and_listen)  # noqa: SLF001 - as above
        applied.plan([], {"word": "another"}, refresh=refresh)

        assert "planned_change" in said
        assert refresh == ("refresh_start" in said)

    def test_destroys_everything(self, applied):
        """Nothing is left in the state."""
        assert [] == applied.destroy()

    def test_names_what_destroy_left(self, applied, monkeypatch):
        """What is left is read from the state, not taken from Terraform's word."""
        monkeypatch.setattr(applied._cli, "run", lambda *_arguments: None)  # noqa: SLF001 - it would destroy

        assert applied.destroy() == ["module.inner.terraform_data.third", *FIRST_AND_SECOND]

    def test_a_destroy_that_fails_tells_why(self, applied, tmp_path):
        """The resource that would not go is named with the error."""
        stays = 'resource "terraform_data" "stays" {\n  lifecycle { prevent_destroy = true }\n}\n'
        (tmp_path / "work" / "main.tf").write_text(TWO_THINGS + stays)
        applied.apply([], {"word": "again"}, lambda _: None)

        with pytest.raises(StageError, match=r"terraform destroy: .*terraform_data\.stays"):
            applied.destroy()


@needs_terraform
class TestErrors:
    """Each failure is one line with its cause."""

    def test_a_module_that_does_not_parse(self, tmp_path):
        """A syntax error is one line with its cause."""
        terraform = Terraform(a_module(tmp_path / "root", "resource {"), tmp_path / "work", {})

        with pytest.raises(StageError, match=r"^terraform init: .+") as error:
            terraform.init()
        assert "\n" not in str(error.value)

    def test_validate_names_the_first_mistake(self, tmp_path):
        """A reference to nothing is found without variables."""
        wrong = TWO_THINGS + 'output "wrong" { value = terraform_data.missing.id }\n'
        terraform = Terraform(a_module(tmp_path / "root", wrong), tmp_path / "work", {})
        terraform.init()

        with pytest.raises(StageError, match="terraform validate: Reference to undeclared resource"):
            terraform.validate()

    def test_validate_is_content_with_a_gooda_module(self, tmp_path):
        """A valid module passes in silence."""
        terraform = Terraform(a_module(tmp_path / "root", TWO_THINGS), tmp_path / "work", {})
        terraform.init()

        terraform.validate()

    def test_apply_tells_the_cause_and_the_address(self, tmp_path):
        """A failed resource is named with its error."""
        fails = 'resource "terraform_data" "no" {\n  provisioner "local-exec" { command = "exit 7" }\n}\n'
        terraform = Terraform(a_module(tmp_path / "root", fails), tmp_path / "work", {})
        terraform.init()

        with pytest.raises(StageError, match=r"apply: local-exec .*exit status 7.*terraform_data\.no"):
            terraform.apply([], {}, lambda _: None)

    def test_a_provider_that_cannot_be_had(self, tmp_path, monkeypatch):
        """Without mirror and network the error says how to make a mirror."""
        monkeypatch.setattr("common.terraform.provider_mirror.find_mirror", lambda: None)
        nowhere = {"HTTPS_PROXY": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}
        needs = (
            'terraform {\n  required_providers {\n    aws = { source = "registry.invalid/x/aws" }\n  }\n}\n'
        )
        terraform = Terraform(a_module(tmp_path / "root", needs), tmp_path / "work", nowhere)

        with pytest.raises(StageError, match=r"set TF_PLUGIN_MIRROR_DIR to a folder made by"):
            terraform.init()

    def test_a_provider_that_is_not_the_locked_one(self, tmp_path):
        """It is refused, with what to do."""
        needs = (
            "terraform {\n  required_providers {\n    aws = {\n"
            '      source = "hashicorp/aws"\n      version = "5.100.0"\n    }\n  }\n}\n'
        )
        source = a_module(tmp_path / "root", needs)
        locked = (ROOT / "terraform" / LOCK_FILE).read_text()
        (source / LOCK_FILE).write_text(re.sub(r'"(h1|zh):....', r'"\1:0000', locked))
        terraform = Terraform(source, tmp_path / "work", {})

        with pytest.raises(
            StageError, match=r"checksum.*take a mirror as `terraform providers mirror` makes it"
        ):
            terraform.init()


@needs_terraform
class TestEnvironment:
    """What Terraform inherits."""

    def test_the_callers_terraform_and_aws_variables_stay_outside(self, tmp_path, monkeypatch):
        """A TF_VAR_ or a profile of the terminal cannot change what is rehearsed."""
        monkeypatch.setenv("TF_VAR_word", "smuggled")
        monkeypatch.setenv("AWS_PROFILE", "production")
        show = 'resource "terraform_data" "x" {\n  provisioner "local-exec" { command = "env > seen" }\n}\n'
        terraform = Terraform(
            a_module(tmp_path / "root", show), tmp_path / "work", {"AWS_REGION": "eu-west-9"}
        )
        terraform.init()

        terraform.apply([], {}, lambda _: None)

        seen = (tmp_path / "work" / "seen").read_text().splitlines()
        assert ["AWS_REGION=eu-west-9"] == [line for line in seen if line.startswith(("AWS_", "TF_VAR_"))]
