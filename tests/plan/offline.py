"""Terraform on a copy of the root module, without AWS and once for all workers."""

import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import tftest

from common.shared_files import write_whole
from common.terraform.provider_mirror import cli_environment
from stage.terraform.rehearsed_module import LOCK_FILE, copy_module
from tests.plan.kept_answers import KeptAnswers
from tests.plan.provider import RunningProvider, provider_binary
from tests.plan.used_schemas import UsedSchemas, named_types
from tests.plan.variables_alone import variables_alone

HERE = Path(__file__).parent
# The mutants' runner points this at a copy with one line changed.
ROOT_MODULE = Path(os.environ.get("PLAN_ROOT_MODULE") or HERE.parents[1] / "terraform").resolve()
VARIABLES = HERE / "variables"
STAGING = ROOT_MODULE / "environments" / "staging.tfvars"
ACCOUNT_ID = "123456789012"


class OfflineTerraform:
    """A copy of the root module that is initialised once, however many workers ask."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._module = folder / "terraform"
        self._running: RunningProvider | None = None
        self._schemas: UsedSchemas | None = None
        self._answers = KeptAnswers(folder)

    def stop(self) -> None:
        """End the provider, if there was anything to plan."""
        if self._schemas is not None:
            self._schemas.stop()
        if self._running is not None:
            self._running.stop()

    def plan(self, name: str, *var_files: Path, **variables: object) -> dict[str, Any]:
        """The plan for these variables, as `terraform show -json` gives it.

        Args:
            name: What the answer is kept under: one name, one set of variables.
            var_files: Variable files, in this order.
            variables: Further variables; they win over the files.
        """
        return dict(
            self._answers.once(f"plan-{name}", lambda: self._plan(self._root, name, var_files, variables))
        )

    def standalone(self) -> dict[str, Any]:
        """The plan of every module by itself, with all that it is given known before an apply."""
        return dict(
            self._answers.once("standalone", lambda: self._plan(self._beside("standalone"), "standalone"))
        )

    @property
    def standalone_folder(self) -> Path:
        """Where the root module of that plan lies, beside the modules that it calls."""
        return self._folder / "standalone"

    def staging_with(self, name: str, files: Mapping[str, str]) -> dict[str, Any]:
        """The plan of staging by a copy of the root module in which these files are new or others.

        Args:
            name: What the copy is called, beside the root module's, and what the answer is kept under.
            files: Text of each file by its name.
        """

        def make() -> dict[str, Any]:
            module = self._module.with_name(name)
            self._copied()
            shutil.copytree(self._module, module, ignore=shutil.ignore_patterns(".terraform"))
            for file, text in files.items():
                (module / file).write_text(text)
            variables = {"aws_account_id": ACCOUNT_ID}
            return self._plan(self._set_up(module), name, (STAGING,), variables)

        return dict(self._answers.once(f"plan-{name}", make))

    def root(self, folder: str, **variables: object) -> dict[str, Any]:
        """The plan of a root module of its own below terraform/, such as "bootstrap"."""
        name = f"standalone-{folder.replace('/', '-')}"
        return dict(
            self._answers.once(name, lambda: self._plan(self._standing(folder), name, variables=variables))
        )

    def diagnostics(self, folder: str) -> list[str]:
        """Errors and warnings of `terraform validate` in a root module; "." is the system's own."""
        terraform = self._root if folder == "." else self._standing(folder)
        output = terraform.execute_command("validate", "-json").out
        return [f"{one['severity']}: {one['summary']}" for one in json.loads(output)["diagnostics"]]

    def refused_values(self, name: str, variables: Mapping[str, object], folder: str = ".") -> str:
        """What the rules of a root module's variables say to these values; empty if they accept them.

        Args:
            name: What the answer is kept under.
            variables: By their names; "." is the system's own module, and takes all others from staging.
            folder: The module, below terraform/.
        """
        kept = f"values-{folder.replace('/', '-')}-{name}"

        def make() -> str:
            is_system = folder == "."
            files = (self._module / "environments" / "staging.tfvars",) if is_system else ()
            given = {"aws_account_id": ACCOUNT_ID} | dict(variables) if is_system else variables
            return _refused(lambda: self._plan(self._alone(folder), kept, files, given, show=False))

        return str(self._answers.once(kept, make))

    def refusals(self, name: str, variables: Mapping[str, object]) -> str:
        """What Terraform says to staging with these variables; empty if it plans."""

        def make() -> str:
            files = (self._module / "environments" / "staging.tfvars",)
            return _refused(lambda: self._plan(self._root, f"refusals-{name}", files, variables, show=False))

        return str(self._answers.once(f"refusals-{name}", make))

    def refusals_standalone(self, folder: str, name: str, variables: Mapping[str, object]) -> str:
        """What Terraform says to such a root module with these variables; empty if it plans."""
        kept = f"refusals-{folder.replace('/', '-')}-{name}"

        def make() -> str:
            terraform = self._standing(folder)
            return _refused(lambda: self._plan(terraform, kept, variables=variables, show=False))

        return str(self._answers.once(kept, make))

    def refusals_below_the_root(self) -> list[tuple[str, str]]:
        """Address and message of each refusal by a module that gets what the root module never gives it.

        They are the failed checks of the plan that Terraform keeps of what it could not plan. A diagnostic
        would name the call alone, and not which of its instances is wrong.
        """

        def make() -> list[tuple[str, str]]:
            shown = self._show_refused(self._beside("invalid_inputs"))
            return [
                (instance["address"]["module"], problem["message"])
                for check in shown["checks"]
                for instance in check.get("instances", [])
                for problem in instance.get("problems", [])
            ]

        return [
            (address, message) for address, message in self._answers.once("refusals-below-the-root", make)
        ]

    @property
    def module(self) -> Path:
        """Where the copy of the root module lies, once anything was planned."""
        return self._module

    @staticmethod
    def source(path: str) -> str:
        """A file of the root module, with every run of blanks made one."""
        return re.sub(" +", " ", (ROOT_MODULE / path).read_text())

    def environment(self) -> dict[str, str]:
        """Environment for Terraform: the person's own, without what would change a plan."""
        foreign = ("AWS_", "TF_")
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        return inherited | cli_environment(self._folder)

    @cached_property
    def _root(self) -> tftest.TerraformTest:
        """The root module, initialised; it installs the provider for every other."""

        def make() -> bool:
            self._terraform(self._module, {}).setup(cleanup_on_exit=False)
            return True

        self._copied()
        self._answers.once("initialised", make)
        return self._terraform(self._module, self._reattached)

    @cached_property
    def _reattached(self) -> dict[str, str]:
        """Tells Terraform where this worker's provider listens."""
        binary = provider_binary(self._module / ".terraform")
        self._running = RunningProvider(binary, self.environment())
        self._schemas = UsedSchemas(self._running.address, named_types(ROOT_MODULE, HERE))
        return {"TF_REATTACH_PROVIDERS": self._schemas.address}

    def _beside(self, name: str) -> tftest.TerraformTest:
        """A folder of the tests that calls the modules, copied to where it finds them."""
        folder = self._folder / name
        shutil.copytree(HERE / name, folder)
        locked = ROOT_MODULE / LOCK_FILE
        if locked.exists():
            shutil.copy(locked, folder)
        return self._set_up(folder)

    def _alone(self, folder: str) -> tftest.TerraformTest:
        """The variables of a root module; they need no provider, and so nothing is set up."""
        alone = self._folder / f"variables-{folder.replace('/', '-')}"

        def make() -> bool:
            alone.mkdir()
            (alone / "variables.tf").write_text(variables_alone(self._module / folder))
            return True

        self._copied()
        self._answers.once(f"{alone.name}-written", make)
        return self._terraform(alone, {})

    def _standing(self, folder: str) -> tftest.TerraformTest:
        """A root module below terraform/, set up once for all workers."""
        module = self._module / folder

        def make() -> bool:
            _plan_offline(module)
            self._set_up(module)
            return True

        self._copied()
        self._answers.once(f"set-up-{folder.replace('/', '-')}", make)
        return self._terraform(module, self._reattached)

    def _set_up(self, folder: Path) -> tftest.TerraformTest:
        assert self._root, "the provider is installed with the root module"
        terraform = self._terraform(folder, self._reattached)
        terraform.setup(cleanup_on_exit=False)
        return terraform

    def _terraform(self, folder: Path, further: Mapping[str, str]) -> tftest.TerraformTest:
        terraform = tftest.TerraformTest(str(folder))
        # A root of the tests' own has the same providers under fewer constraints.
        locked = (folder / LOCK_FILE).exists() and folder.is_relative_to(self._module)
        as_locked = {"TF_CLI_ARGS_init": "-lockfile=readonly"} if locked else {}
        terraform.env = self.environment() | as_locked | dict(further)
        return terraform

    def _plan(
        self,
        terraform: tftest.TerraformTest,
        name: str,
        var_files: tuple[Path, ...] = (),
        variables: Mapping[str, object] | None = None,
        *,
        show: bool = True,
    ) -> dict[str, Any]:
        last = self._folder / f"{name}.tfvars.json"
        account = {"aws_account_id": ACCOUNT_ID} if terraform is self._root else {}
        write_whole(last, json.dumps(account | dict(variables or {})))
        files = [f"-var-file={path}" for path in (*var_files, last)]
        with tempfile.TemporaryDirectory() as scratch:
            planned = f"{scratch}/plan"
            arguments = ["-no-color", "-refresh=false", "-lock=false", *files, f"-out={planned}"]
            if not show:
                # As JSON lines, because tftest waits for ever once the error stream's pipe is full.
                terraform.execute_command("plan", "-json", *arguments)
                return {}
            warned = terraform.execute_command("plan", *arguments).out
            shown = json.loads(terraform.execute_command("show", "-no-color", "-json", planned).out)
        return {**shown, "warnings": re.findall(r"Warning: (.*)", warned)}

    def _show_refused(self, terraform: tftest.TerraformTest) -> dict[str, Any]:
        """The plan that is left where Terraform refuses values; the error itself if there is none."""
        with tempfile.TemporaryDirectory() as scratch:
            planned = Path(scratch, "plan")
            arguments = ["-no-color", "-refresh=false", "-lock=false", f"-out={planned}"]
            try:
                terraform.execute_command("plan", "-json", *arguments)
            except tftest.TerraformTestError:
                if not planned.exists():
                    raise
            return dict(json.loads(terraform.execute_command("show", "-no-color", "-json", str(planned)).out))

    def _copied(self) -> None:
        def make() -> bool:
            copy_module(ROOT_MODULE, self._module)
            _plan_offline(self._module)
            return True

        self._answers.once("copied", make)


def _plan_offline(folder: Path) -> None:
    """Have a root module plan without AWS and keep its state in a file."""
    for overriding in ("offline_override.tf", f"offline_{folder.name}_override.tf"):
        if (HERE / overriding).exists():
            shutil.copy(HERE / overriding, folder)


def _refused(plan: Callable[[], object]) -> str:
    """Everything that Terraform refuses in a plan, each with the block it stands in."""
    try:
        plan()
    except tftest.TerraformTestError as error:
        said = [json.loads(line) for line in str(error.args[0]).splitlines() if line.startswith("{")]
        found = [one["diagnostic"] for one in said if one.get("@level") == "error"]
        return "".join(
            f"Error: {one['summary']}, in {one.get('snippet', {}).get('context')}: {one['detail']}\n"
            for one in found
        )
    return ""
