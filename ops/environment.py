"""An environment: a root module with its state, as this machine's Terraform reads and changes it."""

import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tenacity import (
    Retrying,
    retry_if_exception_type,
    retry_if_result,
    stop_after_attempt,
    wait_fixed,
)

from common.terraform.messages import IDLE, ApplyCount, Message
from common.terraform.provider_mirror import cli_environment
from common.terraform.terraform_cli import PARALLELISM, TerraformCli, TerraformError, is_locked
from ops.errors import OpsError, UsageError

ROOT_MODULE = Path(__file__).resolve().parents[1] / "terraform"
"""The root module of this repository."""

Say = Callable[[str], None]

_READS = 4
_READ_AGAIN_SECONDS = 0.5


class NothingAppliedError(OpsError):
    """An environment whose state has no outputs: no apply has come to its end there."""


@dataclass(frozen=True)
class Place:
    """Place at which an environment is described.

    Attributes:
        name: Such as staging.
        folder: Its root module.
        arguments: Variable files that Terraform does not find by itself, as it takes them.
        data: Folder of Terraform's own files for this environment, so that two of them never share a backend.
        backend: Arguments of `terraform init`; None where the folder is initialised by whoever made it.
    """

    name: str
    folder: Path
    arguments: tuple[str, ...]
    data: Path
    backend: tuple[str, ...] | None


def find(name: str, folder: Path | None = None) -> Place:
    """The place of an environment.

    Args:
        name: One of `terraform/environments`; with a folder, whatever it calls itself in its outputs.
        folder: An initialised root module whose variables lie in it as `*.auto.tfvars`, such as that of a
            stage; None for the one of this repository.

    Raises:
        UsageError: There is no such environment or folder.
    """
    if folder is not None:
        if not any(folder.glob("*.tf")):
            raise UsageError(f"--folder {folder} holds no Terraform module: there is no *.tf file in it")
        return Place(name, folder.resolve(), (), folder.resolve() / ".terraform", None)
    file = ROOT_MODULE / "environments" / f"{name}.tfvars"
    if not file.is_file():
        known = sorted(path.stem for path in file.parent.glob("*.tfvars"))
        raise UsageError(f"there is no environment {name}: there are {', '.join(known)}")
    bucket = os.environ.get("STATE_BUCKET")
    if not bucket:
        raise UsageError("STATE_BUCKET is not set: name the state's bucket, which terraform/bootstrap made")
    backend = (f"-backend-config={file.with_suffix('.tfbackend')}", f"-backend-config=bucket={bucket}")
    # Beside what Terraform itself keeps there: neither git nor a copy of the module takes it along.
    data = ROOT_MODULE / ".terraform" / f"ops-{name}"
    return Place(name, ROOT_MODULE, (f"-var-file={file}",), data, backend)


class Environment:
    """An environment that is there: what is out, what a plan would change, and applies.

    Attributes:
        name: Such as staging.
        data: Folder of Terraform's own files for it, in which others that belong to it may lie.

    Args:
        place: Where it is described.
        lock_minutes: How long to wait for somebody else who holds the state's lock.
        say: Told of what takes long.

    Raises:
        TerraformError: Terraform is not installed, or cannot be initialised here.
    """

    def __init__(self, place: Place, say: Say, lock_minutes: float = 15.0) -> None:
        self.name = place.name
        self.data = place.data
        self._place = place
        self._say = say
        self._lock = f"-lock-timeout={round(lock_minutes * 60)}s"
        place.data.mkdir(parents=True, exist_ok=True)
        environment = {**_given(), **cli_environment(place.data), "TF_DATA_DIR": str(place.data)}
        self._terraform = TerraformCli(place.folder, environment)
        if place.backend is not None:
            say(f"initialising Terraform for {place.name}")
            self._terraform.run("init", "-reconfigure", "-lockfile=readonly", *place.backend)

    def outputs(self) -> Mapping[str, Any]:
        """The root module's outputs by name.

        Raises:
            NothingAppliedError: Nothing is applied yet.
            TerraformError: The state cannot be read.
        """
        outputs = self._read(self._terraform.outputs, bool)
        if not outputs:
            raise NothingAppliedError(
                f"nothing is applied in {self.name}: apply it first (terraform/README.md)"
            )
        return outputs

    def state(self) -> Message:
        """All resources of the state, as `terraform show -json` prints it: secrets that it holds among them.

        Raises:
            TerraformError: The state cannot be read.
        """
        return self._read(lambda: self._terraform.ask("show", "-json"), lambda state: "values" in state)

    def version(self) -> tuple[str, int]:
        """Lineage and serial number of the state, which every change of it raises.

        Raises:
            TerraformError: The state cannot be read.
        """
        told = self._read(lambda: self._terraform.ask("state", "pull"), lambda state: "serial" in state)
        return str(told["lineage"]), int(told["serial"])

    @staticmethod
    def _read(ask: Callable[[], Message], is_whole: Callable[[Message], object]) -> Message:
        """An answer from the state, which may just be written anew.

        An apply empties a state that is a file before it writes it: for a moment there is nothing in it, or
        half of it. One in S3 is there as a whole.

        Args:
            ask: Asks Terraform.
            is_whole: Whether there is anything in the answer.

        Raises:
            TerraformError: The state cannot be read.
        """
        waiting = Retrying(
            retry=retry_if_result(lambda answer: not is_whole(answer))
            | retry_if_exception_type(TerraformError),
            stop=stop_after_attempt(_READS),
            wait=wait_fixed(_READ_AGAIN_SECONDS),
            # The last answer or error stands.
            retry_error_callback=lambda state: state.outcome.result() if state.outcome else None,
        )
        return waiting(ask)

    def plan(self, variables: Mapping[str, object], *, refresh_only: bool = False) -> Message:
        """The plan that an apply with these variables would carry out, as `terraform show -json` prints it.

        Args:
            variables: Those that win over the environment's own; values as JSON has them.
            refresh_only: Compare what stands with the state alone, and not with what is declared.

        Raises:
            TerraformError: The first error that Terraform met; among others, somebody else holds the lock.
        """
        file = self._place.data / "ops.tfplan"
        kind = ("-refresh-only",) if refresh_only else ()
        self._locked("plan", PARALLELISM, *kind, f"-out={file}", *self._inputs(variables))
        try:
            return self._terraform.ask("show", "-json", str(file))
        finally:
            # It holds values that a state holds, secrets among them.
            file.unlink(missing_ok=True)

    def changes(self, variables: Mapping[str, object]) -> list[str]:
        """Addresses that an apply with these variables would change.

        Raises:
            TerraformError: As for `plan`.
        """
        planned = self.plan(variables)
        return sorted(
            one["address"]
            for one in planned.get("resource_changes", [])
            if not IDLE.issuperset(one["change"]["actions"])
        )

    def apply(
        self,
        variables: Mapping[str, object],
        *,
        refresh: bool = True,
        hopeless: Callable[[], str] | None = None,
    ) -> None:
        """Apply with these variables; goes on to its end even if this process is killed.

        Args:
            variables: As for `plan`.
            refresh: Read everything from AWS before; not needed right after another apply, which takes as
                long as reading it.
            hopeless: Asked every few seconds why there is no use in waiting any longer; empty while there is.

        Raises:
            TerraformError: As for `plan`.
        """
        log = self._place.data / "ops-apply.log"
        count = ApplyCount(lambda text: self._say(f"terraform apply: {text}"))
        inputs = [*([] if refresh else ["-refresh=false"]), *self._inputs(variables)]
        given = ("-auto-approve", self._lock, PARALLELISM, *inputs)
        self._terraform.run_to_its_end(log, "apply", *given, heed=count, hopeless=hopeless)

    def _locked(self, command: str, *arguments: str) -> None:
        """Run what needs the state's lock; if somebody has it, say so and wait."""
        try:
            self._terraform.run(command, "-lock-timeout=0s", *arguments)
        except TerraformError as error:
            if not is_locked(error):
                raise
            self._say(f"the state is locked: waiting for whoever holds it ({_holder(str(error))})")
            self._terraform.run(command, self._lock, *arguments)

    def _inputs(self, variables: Mapping[str, object]) -> list[str]:
        return [*self._place.arguments, *(f"-var={name}={hcl(value)}" for name, value in variables.items())]


def open_environment(name: str, folder: Path | None, say: Say) -> tuple[Environment, Mapping[str, Any]]:
    """An environment, and its outputs.

    Args:
        name: As for `find`.
        folder: As for `find`.
        say: Told of what takes long.

    Raises:
        UsageError: There is no such environment or folder, or another one is applied there.
        NothingAppliedError: Nothing is applied yet.
        TerraformError: Terraform cannot be initialised, or the state cannot be read.
    """
    environment = Environment(find(name, folder), say)
    return environment, own_outputs(environment)


def own_outputs(environment: Environment) -> Mapping[str, Any]:
    """Outputs of an environment, which is the one that it is taken for.

    Raises:
        UsageError: Another one is applied there.
        NothingAppliedError: Nothing is applied yet.
        TerraformError: The state cannot be read.
    """
    outputs = environment.outputs()
    if outputs["environment"] != environment.name:
        raise UsageError(f"what is applied there is {outputs['environment']}, not {environment.name}")
    return outputs


def hcl(value: object) -> str:
    """A value as Terraform's `-var` takes it.

    A text stands for itself; anything else is JSON, which is HCL but for templates, of which nothing that is
    released has any.
    """
    return value if isinstance(value, str) else json.dumps(value)


def _given() -> dict[str, str]:
    """This process's environment without variables of Terraform's that are empty.

    A pipeline gives a variable that nobody has set as an empty text, which Terraform would take for a value.
    """
    return {name: value for name, value in os.environ.items() if value or not name.startswith("TF_VAR_")}


def _holder(message: str) -> str:
    """Holder of a lock, as Terraform's error tells it; "somebody" where it does not."""
    found = re.search(r"Who:\s+(\S+)", message)
    return found[1] if found else "somebody"
