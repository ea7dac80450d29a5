"""Releases versions by `python -m ops release`, as a person or a pipeline would."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from verify.errors import LoadError
from verify.released import Released
from verify.target import Releases
from verify.versions import Defect, write_version
from verify.waiting import reached

_ROOT = Path(__file__).resolve().parents[1]
# Variables of this process that would have Terraform or boto3 look elsewhere; so would a proxy.
_FOREIGN = ("AWS_", "TF_", "OPS_")
_LOOK_SECONDS = 0.2
_KILLED = -signal.SIGKILL
_DONE, _WORSE, _ALARM, _STEP = 0, 4, 5, 6
"""Exit statuses of a release (docs/ops.md)."""


@dataclass(frozen=True)
class Wanted:
    """A version that is released, and what has to come of it.

    Attributes:
        tag: The version.
        fault: What is wrong with it; None for a good version.
        statuses: Exit statuses that are right for it.
        reason: Words of which one has to stand in a reason; none where none has to be given.
        kills: Words of what the command tells, at each of which it is killed and then run again. Terraform
            goes on to the end of its apply, of which the next run tells nothing any more.
    """

    tag: str
    fault: Defect | None = None
    statuses: Sequence[int] = (_DONE,)
    reason: Sequence[str] = ()
    kills: Sequence[str] = ()


def found_in_bake(tag: str, fault: Defect, *reason: str) -> Wanted:
    """A version whose fault only requests show: the bake finds it, or an alarm does."""
    return Wanted(tag, fault, (_WORSE, _ALARM), reason)


def found_at_start(tag: str, fault: Defect, *reason: str) -> Wanted:
    """A version whose tasks never serve: the step that starts them fails."""
    return Wanted(tag, fault, (_STEP,), reason)


class Releasing:
    """Makes versions and releases them.

    Args:
        releases: Where.
        folder: For copies of the services, and for what the command writes.
        arguments: Of each `ops release`, such as `--bake-minutes`.
        say: Told what the command tells.
    """

    def __init__(
        self, releases: Releases, folder: Path, arguments: Sequence[str], say: Callable[[str], None]
    ) -> None:
        self._releases = releases
        self._folder = folder
        self._said, self._told = folder / "answer.json", folder / "told.txt"
        self._arguments = arguments
        self._say = say

    def release(self, wanted: Wanted, seconds: float) -> Released:
        """Make a version and release it.

        Args:
            wanted: The version.
            seconds: Real seconds that each run of the command takes at most.

        Raises:
            LoadError: The version cannot be made, or the command takes longer.
        """
        self._make(wanted)
        began_at = time.time()
        killed = tuple(kill for kill in wanted.kills if self._run(wanted.tag, seconds, kill) == _KILLED)
        status = self._run(wanted.tag, seconds)
        answer = _answer(self._said.read_text("utf-8"), self._told.read_text("utf-8"))
        out = answer.get("out", {})
        return Released(
            tag=wanted.tag,
            fault="" if wanted.fault is None else wanted.fault.name,
            wanted_statuses=wanted.statuses,
            wanted_reason=wanted.reason,
            status=status,
            reasons=tuple(answer.get("reasons", ())),
            began_at=began_at,
            ended_at=time.time(),
            stable=str(out.get("image_tag", "")),
            canary=str((out.get("canary") or {}).get("image_tag", "")),
            wanted_kills=wanted.kills,
            killed=killed,
        )

    def ask(self, *command: str) -> Mapping[str, Any]:
        """The answer of another command of `ops`.

        Raises:
            LoadError: It gives none.
        """
        ended = subprocess.run(  # noqa: S603 - this repository's own program
            self._command(*command),
            cwd=_ROOT,
            env=_environment(self._releases.aws),
            capture_output=True,
            text=True,
            check=False,
        )
        return _answer(ended.stdout, ended.stderr)

    def _make(self, wanted: Wanted) -> None:
        copies = write_version(self._releases.services, self._folder, wanted.tag, wanted.fault)
        for repository, copy in copies.items():
            self._releases.build(f"{repository}:{wanted.tag}", copy)

    def _run(self, tag: str, seconds: float, kill: str = "") -> int:
        """Exit status of one run; what was to be waited for kills it."""
        command = self._command("release", "--image-tag", tag, *self._arguments)
        for file in (self._said, self._told):
            file.unlink(missing_ok=True)
        with self._said.open("a") as out, self._told.open("a") as err:
            child = subprocess.Popen(  # noqa: S603 - this repository's own program
                command,
                cwd=_ROOT,
                env=_environment(self._releases.deploying()),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
            )
        try:
            if not reached(lambda: self._ended(child, kill), seconds, _LOOK_SECONDS):
                raise LoadError(f"the release of {tag} was not done within {seconds:.0f} s: {self._last()}")
        finally:
            child.kill()
            child.wait()
        return child.returncode

    def _ended(self, child: "subprocess.Popen[bytes]", kill: str) -> bool:
        """Whether it has ended, or tells what it is to be killed at."""
        self._say(self._last())
        return child.poll() is not None or (bool(kill) and kill in self._told.read_text("utf-8"))

    def _last(self) -> str:
        """The newest line that the command has told."""
        lines = self._told.read_text("utf-8").splitlines()
        return lines[-1] if lines else "beginning a release"

    def _command(self, command: str, *arguments: str) -> Sequence[str]:
        where = ("--environment", self._releases.environment, "--folder", str(self._releases.folder))
        return sys.executable, "-m", "ops", command, *where, "--json", *arguments


def _environment(aws: Mapping[str, str]) -> dict[str, str]:
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(_FOREIGN) and not name.upper().endswith("_PROXY")
    }
    return inherited | dict(aws)


def _answer(said: str, told: str) -> Mapping[str, Any]:
    try:
        return dict(json.loads(said))
    except ValueError:
        raise LoadError(f"ops gave no answer: {' '.join(told.split())[-500:]}") from None
