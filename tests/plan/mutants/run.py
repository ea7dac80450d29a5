"""Holds the plan tests against one mutation."""

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.plan.mutants.mutation import AnyMutation, MutationError
from tests.plan.mutants.order import Change
from tests.waiting import LONG

_LEFT_BEHIND = shutil.ignore_patterns(".terraform", "*.tfstate*")
# Exit statuses of pytest after which its findings count: all passed, or some failed.
_RAN = (0, 1)
# A survivor is held against every plan.
_TIME_LIMIT = 10 * LONG


@dataclass(frozen=True)
class Outcome:
    """What became of a mutation.

    Attributes:
        mutation: The change.
        killed_by: The first rule that failed; "" where none did.
        says: That rule's sentence.
        inventory: The first inventory that failed; "" where none did.
        refused: What Terraform refuses to plan, parted by commas.
        error: Why the change could not be tried; "" where it was.
        seconds: How long it took.
        cpu: Seconds of processor time in that.
    """

    mutation: AnyMutation
    killed_by: str = ""
    says: str = ""
    inventory: str = ""
    refused: str = ""
    error: str = ""
    seconds: float = 0.0
    cpu: float = 0.0

    @property
    def verdict(self) -> str:
        """One of error, killed, refused, explained (survived for a written reason), unseen and survived.

        Killed is killed by a rule. Refused is refused by Terraform, so that no test was needed. Unseen is
        what no inventory notices either: it may be the same as what it takes the place of.
        """
        if self.error:
            return "error"
        if self.killed_by:
            return "killed"
        if self.refused:
            return "refused"
        if self.mutation.survives:
            return "explained"
        return "survived" if self.inventory else "unseen"

    @property
    def is_good(self) -> bool:
        """Whether nobody has to do anything about it; a reason that a test has overtaken is stale."""
        if self.verdict == "killed":
            return self.mutation.survives is None
        return self.verdict in ("explained", "refused")

    def to_json(self) -> dict[str, Any]:
        """For the report."""
        fields = ("killed_by", "says", "inventory", "refused", "error", "seconds", "cpu")
        change = {
            name: getattr(self.mutation, name) for name in ("name", "file", "rule", "shown", "survives")
        }
        return change | {"verdict": self.verdict} | {name: getattr(self, name) for name in fields}


@dataclass(frozen=True)
class Unchanged:
    """The control: a copy that is made like any other, and in which nothing is changed."""

    name: str = "control"
    file: str = ""
    rule: str = "The tests pass without a change."
    survives: str | None = None
    change: Change = field(default_factory=lambda: Change(""))
    shown: str = "nothing -> nothing"

    def apply(self, root: Path) -> None:
        """Change nothing."""


def try_mutation(mutation: AnyMutation, root: Path, repository: Path) -> Outcome:
    """Apply a mutation to a copy and run the plan tests on it: rules until one fails, then inventories.

    Args:
        mutation: The change.
        root: The root module.
        repository: What lies beside it, the tests among it.
    """
    with TemporaryDirectory(prefix="mutant-") as scratch:
        started = time.monotonic()
        copy = copied(root, repository, Path(scratch))
        try:
            mutation.apply(copy)
        except MutationError as error:
            return Outcome(mutation, error=str(error))
        # How a change is laid out is no rule that it breaks.
        formatted = subprocess.run(
            [shutil.which("terraform") or "terraform", "fmt", "-no-color", str(copy / mutation.file)],
            capture_output=True,
            text=True,
            check=False,
        )
        if formatted.returncode:
            return Outcome(mutation, refused="text")
        return _tested(mutation, copy, repository, Path(scratch), started)


def copied(root: Path, repository: Path, folder: Path) -> Path:
    """A copy of the root module, beside which everything else lies that lies beside the root module.

    Tests find docs/ and the tests' own Terraform from the root module's place.
    """
    copy = folder / "terraform"
    shutil.copytree(root, copy, ignore=_LEFT_BEHIND)
    for beside in repository.iterdir():
        if beside.name != copy.name:
            (folder / beside.name).symlink_to(beside)
    return copy


def _tested(mutation: AnyMutation, copy: Path, repository: Path, scratch: Path, started: float) -> Outcome:
    report = scratch / "findings.json"
    command = [
        *(sys.executable, "-m", "pytest", "tests/plan", "-p", "tests.plan.mutants.first_failures"),
        *("--quiet", "--no-header", "--tb=no", "-p", "no:cacheprovider", f"--basetemp={scratch}/pytest"),
    ]
    told = {
        "PLAN_ROOT_MODULE": str(copy),
        "MUTANT_REPORT": str(report),
        "MUTANT_CHANGE": json.dumps(asdict(mutation.change)),
    }
    try:
        done = subprocess.run(
            command,
            cwd=repository,
            env=os.environ | told,
            capture_output=True,
            text=True,
            check=False,
            timeout=_TIME_LIMIT,
        )
    except subprocess.TimeoutExpired:
        return Outcome(mutation, error=f"the tests have not ended in {_TIME_LIMIT} s", seconds=_TIME_LIMIT)
    seconds = round(time.monotonic() - started, 1)
    found = json.loads(report.read_text()) if report.exists() else {}
    if done.returncode not in _RAN or not found or not found["rules"]["ran"]:
        words = " ".join((done.stdout + done.stderr).split())[-300:]
        return Outcome(mutation, error=f"pytest ended with {done.returncode}: {words}", seconds=seconds)
    return Outcome(
        mutation,
        killed_by=_shortened(found["rules"]["failed"]),
        says=found["rules"]["says"],
        inventory=_shortened(found["inventories"]["failed"]),
        refused=", ".join(found["refused"]),
        seconds=seconds,
        cpu=found["cpu"],
    )


def _shortened(nodeid: str) -> str:
    return nodeid.removeprefix("tests/plan/")
