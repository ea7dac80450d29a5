"""Terraform on a copy of the root module, without AWS and once for all workers."""

import json
import os
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import tftest
from filelock import FileLock

from stage.terraform_cli import cli_environment, copy_module

ROOT_MODULE = Path(__file__).resolve().parents[2] / "terraform"
VARIABLES = Path(__file__).parent / "variables"
STAGING = ROOT_MODULE / "environments" / "staging.tfvars"
ACCOUNT_ID = "123456789012"


class OfflineTerraform:
    """A copy of the root module that is initialised once, however many workers ask.

    Each answer is kept in a file behind a lock of its own, so that two workers can work on two
    different answers at a time.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._module = folder / "terraform"
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def data_dir(self) -> Path:
        """Terraform's folder of installed providers."""
        self._initialised()
        return self._module / ".terraform"

    @property
    def lock_file(self) -> Path:
        """What Terraform has installed, and its hashes."""
        self._initialised()
        return self._module / ".terraform.lock.hcl"

    def plan(self, name: str, *var_files: Path) -> dict[str, Any]:
        """The plan for these variable files, as `terraform show -json` gives it."""

        def make() -> dict[str, Any]:
            output = self._tftest().plan(
                output=True,
                refresh=False,
                lock=False,
                tf_var_file=[str(path) for path in var_files],
                tf_vars={"aws_account_id": ACCOUNT_ID},
            )
            return dict(output)

        self._initialised()
        return self._once(f"plan-{name}", make)

    def refusals(self, name: str, variables: Mapping[str, object]) -> str:
        """What Terraform says to staging with these variables; empty if it plans."""

        def make() -> str:
            wrong = self._folder / f"{name}.tfvars.json"
            wrong.write_text(json.dumps(variables))
            return _answer(self._tftest(), str(STAGING), str(wrong))

        self._initialised()
        return self._once(f"refusals-{name}", make)

    def refusals_below_the_root(self) -> str:
        """What Terraform says to modules that get what the root module never gives them."""

        def make() -> str:
            folder = self._folder / "refused"
            shutil.copytree(Path(__file__).with_name("refused"), folder)
            terraform = self._tftest(folder)
            terraform.setup(cleanup_on_exit=False)
            return _answer(terraform)

        self._initialised()
        return self._once("refusals-below-the-root", make)

    @staticmethod
    def source(path: str) -> str:
        """A file of the root module, with every run of blanks made one."""
        return re.sub(" +", " ", (ROOT_MODULE / path).read_text())

    def environment(self) -> dict[str, str]:
        """Environment for Terraform: the person's own, without what would change a plan."""
        foreign = ("AWS_", "TF_")
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        # Each Terraform lives for seconds only: collecting less garbage takes a quarter off its time.
        return inherited | {"GOGC": "300"} | cli_environment(self._folder)

    def _initialised(self) -> None:
        def make() -> bool:
            copy_module(ROOT_MODULE, self._module)
            override = Path(__file__).with_name("offline_override.tf")
            shutil.copy(override, self._module)
            self._tftest().setup(cleanup_on_exit=False)
            return True

        self._once("initialised", make)

    def _tftest(self, folder: Path | None = None) -> tftest.TerraformTest:
        terraform = tftest.TerraformTest(str(folder or self._module))
        terraform.env = self.environment()
        return terraform

    def _once(self, name: str, make: Callable[[], Any]) -> Any:
        """Make an answer or take the one that was made; a failure is kept too, to be told to every test."""
        kept = self._folder / f"{name}.json"
        with FileLock(kept.with_suffix(".lock")):
            if not kept.exists():
                try:
                    answer = {"answer": make()}
                except tftest.TerraformTestError as error:
                    answer = {"refused": str(error.cmd_error or error.args[0])}
                kept.write_text(json.dumps(answer))
        answer = json.loads(kept.read_text())
        if "refused" in answer:
            pytest.fail(f"terraform refuses {name}:\n{answer['refused']}", pytrace=False)
        return answer["answer"]


def _answer(terraform: tftest.TerraformTest, *var_files: str) -> str:
    """Everything that Terraform refuses in a plan, in one line."""
    try:
        terraform.plan(refresh=False, lock=False, tf_var_file=list(var_files))
    except tftest.TerraformTestError as error:
        # Messages come in a box, wrapped to the width of a terminal.
        return " ".join(re.sub("[│╷╵]", " ", str(error.cmd_error)).split())
    return ""
