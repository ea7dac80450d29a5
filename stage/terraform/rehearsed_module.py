"""A root module as the stage runs it: copied, with its state beside it."""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from common.shared_files import write_whole
from common.terraform.messages import IDLE, ApplyCount, Message, one_line
from common.terraform.terraform_cli import PARALLELISM, TerraformCli, find_terraform
from stage.errors import StageError
from stage.terraform.second_apply import environment_for
from stage.terraform.variable_files import VariableFiles

LEFT_BEHIND = shutil.ignore_patterns(".terraform", "*.tfstate", "*.tfstate.*", "*.tfplan", "crash.log")
"""Tells what belongs to one working folder and must not follow the module into another, as shutil asks."""
LOCK_FILE = ".terraform.lock.hcl"
"""Lock file of a root module: the providers that it was tested with, by version and by hash.

https://developer.hashicorp.com/terraform/language/files/dependency-lock
"""
_STATE_FILE = "terraform.tfstate"
_PLAN_FILE = "next.tfplan"


class Terraform:
    """A root module, copied, with a state of its own beside it.

    The copy keeps its state in a file whatever backend the module names, so that a rehearsal can
    never touch a state that is shared. Its variables lie in files that Terraform reads by itself, so a plan
    in the copy is one of what was applied, whoever makes it.

    Args:
        source: The root module.
        workdir: Folder for the copy; must not exist yet.
        env: Added to this process's environment, from which every AWS_* and TF_* variable is taken out.

    Raises:
        StageError: Terraform is not installed, or one of the folders is not as it must be.
    """

    def __init__(self, source: Path, workdir: Path, env: Mapping[str, str]) -> None:
        find_terraform(StageError)
        copy_module(source, workdir)
        self._env = dict(env)
        self._cli = TerraformCli(workdir, environment_for(workdir, env), StageError)
        self._workdir = workdir
        self._variables = VariableFiles(workdir)
        self._planned: tuple[Sequence[Path], Mapping[str, object], int] = (), {}, 0

    def call_as(self, credentials: Mapping[str, str]) -> None:
        """Call AWS as somebody else from now on.

        Args:
            credentials: Environment variables of whoever that is, such as AWS_ACCESS_KEY_ID.
        """
        self._env |= credentials
        self._cli = TerraformCli(self._workdir, environment_for(self._workdir, self._env), StageError)

    @property
    def environment(self) -> Mapping[str, str]:
        """Environment that Terraform runs with, also for whoever runs it by hand in the copy."""
        return self._cli.environment

    @property
    def state(self) -> bytes:
        """Content of the state file.

        Raises:
            OSError: Nothing is applied yet.
        """
        return (self._workdir / _STATE_FILE).read_bytes()

    @property
    def lock(self) -> bytes:
        """Content of the lock file: the module's own, or the one that `init` has written.

        Raises:
            OSError: There is none.
        """
        return (self._workdir / LOCK_FILE).read_bytes()

    def resume(
        self, state: bytes, lock: bytes, var_files: Sequence[Path], variables: Mapping[str, object]
    ) -> None:
        """Go on where another one had got to with `apply`; call it before `init`.

        Args:
            state: What `state` was there.
            lock: What `lock` was there; the module's own wins.
            var_files: As there.
            variables: As there.
        """
        write_whole(self._workdir / _STATE_FILE, state)
        if not (self._workdir / LOCK_FILE).exists():
            write_whole(self._workdir / LOCK_FILE, lock)
        self._variables.give(var_files, variables)

    def kill(self) -> None:
        """End what it is doing in another thread, at once; only for what changes nothing, such as a plan."""
        self._cli.kill()

    def init(self) -> None:
        """Install the providers, those of the lock file if the module has one.

        Raises:
            StageError: A provider is missing or is not the one that the lock file names, or the module does
                not parse.
        """
        locked = ["-lockfile=readonly"] if (self._workdir / LOCK_FILE).exists() else []
        try:
            self._cli.run("init", *locked)
        except StageError as error:
            if "checksum" in str(error):
                raise StageError(
                    f"{error}; the lock file knows every platform's archive, unpacked that of linux_amd64 "
                    "alone: take a mirror as `terraform providers mirror` makes it"
                ) from None
            if "provider packages" not in str(error):
                raise
            raise StageError(
                f"{error}; without a network, set TF_PLUGIN_MIRROR_DIR to a folder made by "
                "`terraform providers mirror`"
            ) from None

    def validate(self) -> None:
        """Check the module without its variables.

        Raises:
            StageError: The first thing that is wrong with it.
        """
        answer = self._cli.ask("validate", "-json")
        for diagnostic in answer["diagnostics"]:
            if diagnostic["severity"] == "error":
                raise StageError(f"terraform validate: {one_line(diagnostic)}")

    def apply(
        self,
        var_files: Sequence[Path],
        variables: Mapping[str, object],
        progress: Callable[[str], None],
        watch: Callable[[Message], None] = lambda _message: None,
    ) -> None:
        """Create or change everything.

        Args:
            var_files: Variable files, in this order.
            variables: Further variables; they win over the files.
            progress: Told of each resource, e.g. "created 12 of 60: aws_lb".
            watch: Given each message while Terraform goes on; what it raises ends Terraform.

        Raises:
            StageError: The first error that Terraform met.
        """
        self._variables.give(var_files, variables)
        self._apply((), ApplyCount(progress), watch)

    def apply_planned(
        self,
        progress: Callable[[str], None],
        watch: Callable[[Message], None] = lambda _message: None,
    ) -> None:
        """Carry out what `plan` has said last, with the inputs that it was given.

        Args:
            progress: As for `apply`.
            watch: As for `apply`.

        Raises:
            StageError: The first error that Terraform met, or something was applied since.
        """
        # What is ephemeral is in no plan, so the inputs are given again
        # (https://developer.hashicorp.com/terraform/language/block/variable#ephemeral).
        var_files, variables, changes = self._planned
        self._variables.give(var_files, variables)
        self._apply((_PLAN_FILE,), ApplyCount(progress, changes), watch)

    def _apply(self, plan: Sequence[str], count: ApplyCount, watch: Callable[[Message], None]) -> None:
        def heed(message: Message) -> None:
            count(message)
            watch(message)

        self._cli.run("apply", "-auto-approve", PARALLELISM, *plan, heed=heed)

    def plan(
        self, var_files: Sequence[Path], variables: Mapping[str, object], *, refresh: bool = True
    ) -> Message:
        """The plan that an apply with these inputs would carry out, as `terraform show -json` prints it.

        https://developer.hashicorp.com/terraform/internals/json-format#plan-representation

        Args:
            var_files: As for `apply`.
            variables: As for `apply`.
            refresh: Read first what stands; False where another plan has just done so and found nothing new.

        Raises:
            StageError: The first error that Terraform met.
        """
        reading = () if refresh else ("-refresh=false",)
        with self._variables.others(var_files, variables):
            self._cli.run("plan", PARALLELISM, *reading, f"-out={_PLAN_FILE}")
        planned = self._cli.ask("show", "-json", _PLAN_FILE)
        actions = [change["change"]["actions"] for change in planned["resource_changes"]]
        self._planned = var_files, variables, sum(len(one) for one in actions if not IDLE.intersection(one))
        return planned

    def plan_changes(self) -> list[str]:
        """Addresses that a new plan would change; empty when the last apply was complete."""
        changes: list[str] = []

        def note(message: Message) -> None:
            if message.get("type") == "planned_change" and message["change"]["action"] != "read":
                changes.append(message["change"]["resource"]["addr"])

        self._cli.run("plan", PARALLELISM, heed=note)
        return sorted(changes)

    def destroy(self) -> list[str]:
        """Destroy everything; returns the addresses that are left in the state.

        Raises:
            StageError: The first error that Terraform met.
        """
        self._cli.run("destroy", "-auto-approve", PARALLELISM)
        state = self._cli.ask("show", "-json").get("values", {})
        return sorted(_addresses(state.get("root_module", {})))

    def outputs(self) -> dict[str, Any]:
        """The root module's outputs by name."""
        return self._cli.outputs()


def copy_module(source: Path, workdir: Path) -> None:
    """Copy a root module to a new folder with its lock file, without state, its state kept in a local file.

    Raises:
        StageError: `source` is no root module, or `workdir` exists.
    """
    if not any(source.glob("*.tf")):
        raise StageError(f"{source} holds no Terraform module: there is no *.tf file in it")
    if workdir.exists():
        raise StageError(f"{workdir} exists already: remove it or choose another folder for this run")
    if workdir.resolve().is_relative_to(source.resolve()):
        raise StageError(f"{workdir} lies inside {source}, which is to be copied there: set TMPDIR elsewhere")
    shutil.copytree(source, workdir, ignore=LEFT_BEHIND)
    write_whole(workdir / "local_state_override.tf", 'terraform {\n  backend "local" {}\n}\n')


def _addresses(module: Mapping[str, Any]) -> Iterator[str]:
    for resource in module.get("resources", []):
        if resource["mode"] == "managed":
            yield resource["address"]
    for child in module.get("child_modules", []):
        yield from _addresses(child)
