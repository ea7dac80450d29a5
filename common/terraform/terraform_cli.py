"""The program terraform, in a folder that it is run in."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from common.budget import budget
from common.die_with_parent import launcher
from common.errors import SetupError
from common.growing_logs import Tail
from common.terraform.messages import Message, one_line, parse

PARALLELISM = "-parallelism=20"
"""Argument of plans and applies, most of whose time is waiting, which costs nothing."""
# How often it is looked what Terraform has written.
_LOOK_SECONDS = 0.2
# An interrupted Terraform ends what it has begun, then saves its state.
_INTERRUPT_BUDGET_SECONDS = 60.0


class TerraformError(SetupError):
    """An error of Terraform, or that there is none, in one line."""


class TerraformCli:
    """Terraform's commands, run one at a time as children that end with this process.

    Args:
        folder: Root module that the commands are run in.
        environment: All that Terraform finds in its environment.
        error: Class of the errors that are raised.

    Raises:
        SetupError: Terraform is not installed; of the class `error`.
    """

    def __init__(
        self, folder: Path, environment: Mapping[str, str], error: type[SetupError] = TerraformError
    ) -> None:
        self._error = error
        self._binary = find_terraform(error)
        self._folder = folder
        self._environment = dict(environment)
        self._running: subprocess.Popen[str] | None = None

    @property
    def environment(self) -> Mapping[str, str]:
        """Environment that Terraform runs with, also for whoever runs it by hand in the folder."""
        return self._environment

    def run(self, command: str, *arguments: str, heed: Callable[[Message], None] | None = None) -> None:
        """Run a command that prints messages with `-json`.

        Args:
            command: Such as "apply".
            arguments: Its arguments; `-json` comes by itself.
            heed: Given each message but errors while Terraform goes on; what it raises ends Terraform.

        Raises:
            SetupError: The first error that Terraform met.
        """
        said = _Said(heed)
        with self._child(command, "-json", *arguments) as child:
            for line in child.stdout or ():
                said.take(line)
        if child.returncode != 0:
            raise self._error(f"terraform {command}: {said.reason(child.returncode)}")

    def run_to_its_end(
        self,
        log: Path,
        command: str,
        *arguments: str,
        heed: Callable[[Message], None] | None = None,
        hopeless: Callable[[], str] | None = None,
    ) -> None:
        """Run a command as `run` does, which goes on to its end even if this process is killed.

        Terraform that is killed has begun what is in no state, and the next apply finds it there already.
        Ctrl-C still ends it, in order, as Terraform ends what it has begun and saves its state.

        Args:
            log: File that it writes to: a pipe would break with this process, and Terraform with the pipe.
            command: As for `run`.
            arguments: As for `run`.
            heed: As for `run`.
            hopeless: Asked meanwhile why there is no use in waiting any longer; empty while there is. Then
                Terraform is ended as by Ctrl-C.

        Raises:
            SetupError: The first error that Terraform met, or why there was no use in waiting.
        """
        said, reason = _Said(heed), ""
        tail = Tail(log)
        with log.open("wb") as written:
            child = subprocess.Popen(  # noqa: S603 - Terraform, which the caller wants
                [self._binary, command, "-json", *arguments, "-no-color"],
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            ended = False
            while not ended:
                ended = _waited(child, _LOOK_SECONDS)
                for line in tail.new():
                    said.take(line.decode(errors="replace"))
                if hopeless is not None and not reason and not ended:
                    reason = hopeless()
                    if reason:
                        child.send_signal(signal.SIGINT)
        except BaseException:
            child.send_signal(signal.SIGINT)
            child.wait()
            raise
        if reason:
            raise self._error(reason)
        if child.returncode != 0:
            raise self._error(f"terraform {command}: {said.reason(child.returncode)}")

    def ask(self, command: str, *arguments: str) -> Message:
        """The one JSON document that a command prints.

        Raises:
            SetupError: It prints something else, which the error tells.
        """
        with self._child(command, *arguments) as child:
            answer = (child.stdout or sys.stdin).read()
        try:
            return dict(json.loads(answer))
        except ValueError:
            raise self._error(f"terraform {command}: {' '.join(answer.split())[:500]}") from None

    def outputs(self) -> dict[str, Any]:
        """The root module's outputs by name.

        Raises:
            SetupError: The state cannot be read.
        """
        return {name: output["value"] for name, output in self.ask("output", "-json").items()}

    def kill(self) -> None:
        """End what it is doing in another thread, at once; only for what changes nothing, such as a plan."""
        running = self._running
        if running is not None:
            with suppress(ProcessLookupError):
                os.killpg(running.pid, signal.SIGKILL)

    @contextmanager
    def _child(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """Terraform as a child that ends with this process and with the block."""
        child = subprocess.Popen(  # noqa: S603 - Terraform, which the caller wants
            [*launcher(), self._binary, *arguments, "-no-color"],
            cwd=self._folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # Ctrl-C reaches it once, from here, and the group takes its providers with it.
            start_new_session=True,
        )
        self._running = child
        try:
            yield child
            child.wait()
        finally:
            self._running = None
            _end(child)


class _Said:
    """Output of a command with `-json`, line by line."""

    def __init__(self, heed: Callable[[Message], None] | None) -> None:
        self._heed = heed
        self._failures: list[str] = []
        self._last_words = ""

    def take(self, line: str) -> None:
        """Take a line."""
        message = parse(line)
        if message is None:
            self._last_words = line.strip() or self._last_words
        elif message.get("@level") == "error":
            self._failures.append(one_line(message.get("diagnostic") or {"summary": message["@message"]}))
        elif self._heed is not None:
            self._heed(message)

    def reason(self, status: int) -> str:
        """Why it ended with this exit status."""
        return self._failures[0] if self._failures else self._last_words or f"exit status {status}"


def is_locked(error: Exception) -> bool:
    """Whether Terraform failed because somebody else holds the state's lock."""
    return "Error acquiring the state lock" in str(error)


def find_terraform(error: type[SetupError] = TerraformError) -> str:
    """Path of the program.

    Args:
        error: Class of the error that is raised.

    Raises:
        SetupError: It is not installed.
    """
    binary = shutil.which("terraform")
    if binary is None:
        raise error(
            "terraform is not on PATH: install Terraform 1.11 or newer "
            "(https://developer.hashicorp.com/terraform/install)"
        )
    return binary


def _waited(child: subprocess.Popen[bytes], seconds: float) -> bool:
    """Whether a child has ended within some seconds."""
    with suppress(subprocess.TimeoutExpired):
        child.wait(seconds)
    return child.returncode is not None


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
