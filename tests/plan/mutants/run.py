"""Holds the plan tests against one mutation."""

import os
import re
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.plan.mutants.mutation import Mutation, MutationError, mutated_copy
from tests.waiting import LONG

_FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)
_COLLECTED_NOTHING = 5


@dataclass(frozen=True)
class Outcome:
    """What became of a mutation.

    Attributes:
        mutation: The change.
        killed_by: The first test that failed; "" where none did.
        error: Why the change could not be tried; "" where it was.
        seconds: How long it took.
    """

    mutation: Mutation
    killed_by: str = ""
    error: str = ""
    seconds: float = 0.0

    @property
    def verdict(self) -> str:
        """One of killed, survived, explained (survived for a written reason), and error."""
        if self.error:
            return "error"
        if self.killed_by:
            return "killed"
        return "explained" if self.mutation.survives else "survived"

    @property
    def is_good(self) -> bool:
        """Whether nobody has to do anything about it; a reason that a test has overtaken is stale."""
        if self.verdict == "killed":
            return self.mutation.survives is None
        return self.verdict == "explained"

    def to_json(self) -> dict[str, Any]:
        """For the report."""
        return asdict(self) | {"verdict": self.verdict}


def unchanged_copy_passes(root: Path, repository: Path) -> Outcome:
    """Run the tests on the Terraform as it is: a test that fails anyway kills nothing."""
    return _run(Mutation("unchanged", "", "", "", "the tests pass without a change"), root, repository)


def try_mutation(mutation: Mutation, root: Path, repository: Path) -> Outcome:
    """Apply a mutation to a copy of the root module and run the plan tests on it until one fails."""
    with TemporaryDirectory(prefix="mutant-") as scratch:
        try:
            copy = mutated_copy(root, mutation, Path(scratch))
        except MutationError as error:
            return Outcome(mutation, error=str(error))
        return _run(mutation, copy, repository)


def _run(mutation: Mutation, root: Path, repository: Path) -> Outcome:
    started = time.monotonic()
    with TemporaryDirectory(prefix="mutant-") as scratch:
        done = subprocess.run(
            [
                *(sys.executable, "-m", "pytest", "tests/plan", "--exitfirst", "--quiet", "--no-header"),
                *("--tb=no", "-rfE", "-p", "no:cacheprovider", f"--basetemp={scratch}/pytest"),
            ],
            cwd=repository,
            env=os.environ | {"PLAN_ROOT_MODULE": str(root)},
            capture_output=True,
            text=True,
            check=False,
            timeout=4 * LONG,
        )
    seconds = time.monotonic() - started
    failed = _FAILED.search(done.stdout)
    if done.returncode == 0:
        return Outcome(mutation, seconds=seconds)
    if failed is None or done.returncode == _COLLECTED_NOTHING:
        words = " ".join((done.stdout + done.stderr).split())[-300:]
        return Outcome(mutation, error=f"pytest ended with {done.returncode}: {words}", seconds=seconds)
    return Outcome(mutation, killed_by=failed[1].removeprefix("tests/plan/"), seconds=seconds)
