"""Runs Terraform on a copy of a root module."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from stage.errors import StageError
from stage.host.budget import budget
from stage.host.die_with_parent import launcher
from stage.host.shared_files import write_whole
from stage.terraform.messages import ApplyCount, Message, one_line, parse
from stage.terraform.provider_mirror import cli_environment

# What belongs to one working folder and must not follow the module into another.
_LEFT_BEHIND = shutil.ignore_patterns(".terraform", "*.tfstate", "*.tfstate.*", "*.tfplan", "crash.log")
LOCK_FILE = ".terraform.lock.hcl"
"""Lock file of a root module: the providers that it was tested with, by version and by hash.

https://developer.hashicorp.com/terraform/language/files/dependency-lock
"""
# Variables that change what Terraform does without being visible on its command line.
_FOREIGN = ("AWS_", "TF_")
# Most of an apply is waiting, which costs nothing.
_PARALLELISM = "-parallelism=20"
# An interrupted Terraform ends what it has begun, then saves its state.
_INTERRUPT_BUDGET_SECONDS = 60.0


class Terraform:
    """A root module, copied, with a state of its own beside it.

    The copy keeps its state in a file whatever backend the module names, so that a rehearsal can
    never touch a state that is shared.

    Args:
        source: The root module.
        workdir: Folder for the copy; must not exist yet.
        env: Added to this process's environment, from which every AWS_* and TF_* variable is taken out.

    Raises:
        StageError: Terraform is not installed, or one of the folders is not as it must be.
    """

    def __init__(self, source: Path, workdir: Path, env: Mapping[str, str]) -> None:
        binary = shutil.which("terraform")
        if binary is None:
            raise StageError(
                "terraform is not on PATH: install Terraform 1.11 or newer "
                "(https://developer.hashicorp.com/terraform/install)"
            )
        copy_module(source, workdir)
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
        self._env = inherited | cli_environment(workdir) | dict(env)
        self._binary = binary
        self._workdir = workdir
        self._inputs: list[str] = []

    @property
    def environment(self) -> Mapping[str, str]:
        """Environment that Terraform runs with, also for whoever runs it by hand in the copy."""
        return self._env

    def init(self) -> None:
        """Install the providers, those of the lock file if the module has one.

        Raises:
            StageError: A provider is missing or is not the one that the lock file names, or the module does
                not parse.
        """
        locked = ["-lockfile=readonly"] if (self._workdir / LOCK_FILE).exists() else []
        try:
            self._run("init", *locked)
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
        answer = self._ask("validate", "-json")
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
        self._inputs = self._written("stage.tfvars.json", var_files, variables)
        count = ApplyCount(progress)

        def heed(message: Message) -> None:
            count(message)
            watch(message)

        self._run("apply", "-auto-approve", _PARALLELISM, *self._inputs, heed=heed)

    def plan(self, var_files: Sequence[Path], variables: Mapping[str, object]) -> Message:
        """The plan that an apply with these inputs would carry out, as `terraform show -json` prints it.

        https://developer.hashicorp.com/terraform/internals/json-format#plan-representation

        Raises:
            StageError: The first error that Terraform met.
        """
        inputs = self._written("next.tfvars.json", var_files, variables)
        self._run("plan", _PARALLELISM, "-out=next.tfplan", *inputs)
        return self._ask("show", "-json", "next.tfplan")

    def plan_changes(self) -> list[str]:
        """Addresses that a new plan would change; empty when the last apply was complete."""
        changes: list[str] = []

        def note(message: Message) -> None:
            if message.get("type") == "planned_change" and message["change"]["action"] != "read":
                changes.append(message["change"]["resource"]["addr"])

        self._run("plan", _PARALLELISM, *self._inputs, heed=note)
        return sorted(changes)

    def destroy(self) -> list[str]:
        """Destroy everything; returns the addresses that are left in the state.

        Raises:
            StageError: The first error that Terraform met.
        """
        self._run("destroy", "-auto-approve", _PARALLELISM, *self._inputs)
        state = self._ask("show", "-json").get("values", {})
        return sorted(_addresses(state.get("root_module", {})))

    def outputs(self) -> dict[str, Any]:
        """The root module's outputs by name."""
        return {name: output["value"] for name, output in self._ask("output", "-json").items()}

    def _written(self, name: str, var_files: Sequence[Path], variables: Mapping[str, object]) -> list[str]:
        last = self._workdir / name
        write_whole(last, json.dumps(dict(variables)))
        return [f"-var-file={path.resolve()}" for path in (*var_files, last)]

    def _run(self, command: str, *arguments: str, heed: Callable[[Message], None] | None = None) -> None:
        failures: list[str] = []
        last_words = ""
        with self._child(command, "-json", *arguments) as child:
            for line in child.stdout or ():
                message = parse(line)
                if message is None:
                    last_words = line.strip() or last_words
                elif message.get("@level") == "error":
                    failures.append(one_line(message.get("diagnostic") or {"summary": message["@message"]}))
                elif heed is not None:
                    heed(message)
        if child.returncode != 0:
            reason = failures[0] if failures else last_words or f"exit status {child.returncode}"
            raise StageError(f"terraform {command}: {reason}")

    def _ask(self, command: str, *arguments: str) -> Message:
        with self._child(command, *arguments) as child:
            answer = (child.stdout or sys.stdin).read()
        try:
            return dict(json.loads(answer))
        except ValueError:
            raise StageError(f"terraform {command}: {' '.join(answer.split())[:500]}") from None

    @contextmanager
    def _child(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """Terraform as a child that ends with this process and with the block."""
        child = subprocess.Popen(
            [*launcher(), self._binary, *arguments, "-no-color"],
            cwd=self._workdir,
            env=self._env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # Ctrl-C reaches it once, from here, and the group takes its providers with it.
            start_new_session=True,
        )
        try:
            yield child
            child.wait()
        finally:
            _end(child)


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
    shutil.copytree(source, workdir, ignore=_LEFT_BEHIND)
    write_whole(workdir / "local_state_override.tf", 'terraform {\n  backend "local" {}\n}\n')


def _addresses(module: Mapping[str, Any]) -> Iterator[str]:
    for resource in module.get("resources", []):
        if resource["mode"] == "managed":
            yield resource["address"]
    for child in module.get("child_modules", []):
        yield from _addresses(child)


def _end(child: subprocess.Popen[str]) -> None:
    """Interrupt a child that still runs, wait for it, and kill what is left of its group."""
    try:
        if child.poll() is None:
            child.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                child.communicate(timeout=budget(_INTERRUPT_BUDGET_SECONDS))
    finally:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        if child.stdout is not None:
            child.stdout.close()
