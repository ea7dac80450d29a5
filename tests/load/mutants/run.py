"""Runs the load tests on a copy of the repository with one fault in it, on a restored stage."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from tests.load.mutants.fault import Control, Fault
from tests.waiting import LONG

# What tools put beside the code; a copy makes its own.
_LEFT_BEHIND = shutil.ignore_patterns(
    *(".git", ".tox", ".venv", ".terraform", ".hypothesis", ".*_cache", "__pycache__"),
    *("build", "reports", "*.tfstate*", "*.egg-info"),
)
_TIME_LIMIT = 4 * LONG

Verdict = Literal["killed", "misnamed", "survived", "refused", "inconclusive"]


@dataclass(frozen=True)
class Outcome:
    """What became of a fault.

    Attributes:
        fault: The fault, or the control.
        red: Checks that failed, with their sentences, by name.
        open: Checks that were inconclusive.
        refused: Why there was no verdict at all; "" where there was one.
        seconds: Real seconds that it took.
    """

    fault: Fault | Control
    red: Mapping[str, str]
    open: Sequence[str] = ()
    refused: str = ""
    seconds: float = 0.0

    @property
    def noticed(self) -> str | None:
        """The first check that names the fault and is red."""
        return next((name for name in self.fault.noticed_by if name in self.red), None)

    @property
    def verdict(self) -> Verdict:
        """One of killed (by a check that names it), misnamed (by others), survived, refused, inconclusive."""
        if self.noticed:
            return "killed"
        if self.red:
            return "misnamed"
        if self.refused:
            return "refused"
        return "inconclusive" if self.open else "survived"

    def to_json(self) -> dict[str, Any]:
        """All of it, for a file."""
        return {
            "name": self.fault.name,
            "fault": self.fault.fault,
            "scenario": self.fault.scenario,
            "verdict": self.verdict,
            "noticed": self.noticed,
            "red": dict(self.red),
            "open": list(self.open),
            "refused": self.refused,
            "seconds": self.seconds,
        }


def try_fault(fault: Fault | Control, repository: Path, kept: Path) -> Outcome:
    """Plant a fault in a copy, run its scenario, and say which checks are red.

    Args:
        fault: The fault.
        repository: What is copied.
        kept: File of the kept state that the copy's stage begins with; what the fault changes of the
            Terraform is applied to it.
    """
    began = time.monotonic()
    with TemporaryDirectory(prefix="fault-") as scratch:
        copy = Path(scratch) / "repository"
        copy_repository(repository, copy)
        fault.apply(copy)
        words = _run(fault, copy, kept)
        results = copy / "reports" / "verify" / "results.json"
        found = json.loads(results.read_text()) if results.exists() else None
    return judge(fault, found, words, round(time.monotonic() - began, 1))


def copy_repository(repository: Path, copy: Path) -> None:
    """Copy all of it: who is driven and who drives may import whatever there is."""
    shutil.copytree(repository, copy, ignore=_LEFT_BEHIND, dirs_exist_ok=True)


def judge(
    fault: Fault | Control, found: Mapping[str, Any] | None, words: str, seconds: float = 0.0
) -> Outcome:
    """The outcome, of what the load tests have written.

    Args:
        fault: The fault.
        found: Content of their `results.json`; None if they wrote none.
        words: Their last words, for when there is nothing else.
        seconds: Real seconds that they took.
    """
    checks = [check for scenario in (found or {}).get("scenarios", []) for check in scenario["checks"]]
    red = {
        check["name"]: f"{check['expectation']}; found {check['figure']}"
        for check in checks
        if check["outcome"] == "fail"
    }
    unsure = [check["name"] for check in checks if check["outcome"] == "inconclusive"]
    notes = " ".join((found or {}).get("notes", []))
    return Outcome(fault, red, unsure, "" if checks else notes or words, seconds)


def _run(fault: Fault | Control, copy: Path, kept: Path) -> str:
    command = [
        *(sys.executable, "-m", "pytest", "tests/load", "-p", "no:cacheprovider", "--quiet", "--tb=no"),
        *("--restored-from", str(kept), "--scenario", fault.scenario),
    ]
    path = os.pathsep.join([str(copy), str(copy / "services")])
    try:
        done = subprocess.run(
            command,
            cwd=copy,
            env=os.environ | {"PYTHONPATH": path},
            capture_output=True,
            text=True,
            check=False,
            timeout=_TIME_LIMIT,
        )
    except subprocess.TimeoutExpired:
        return f"no verdict within {_TIME_LIMIT:.0f} s"
    return " ".join((done.stdout + done.stderr).split())[-300:]
