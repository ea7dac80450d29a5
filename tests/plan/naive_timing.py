"""Measures what the plan tests would cost the naive way, and writes it beside what they cost.

    python -m tests.plan.naive_timing

The naive way is a working copy, `terraform init` and `terraform plan` for every test, as the examples of
tftest have it. A few such tests are timed, and their mean is taken times a thousand: how many tests there
are changes every day. Ours are timed as `tox -e plan` runs them. What further assertions cost is the
difference between short runs with few and with many of them, all on one plan: two runs of everything differ
by more than a hundred take. Nothing else should run meanwhile.
"""

import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import tftest

from stage.terraform.rehearsed_module import copy_module
from tests.marked import with_text
from tests.plan.matrix import BASE, CELLS
from tests.plan.offline import ACCOUNT_ID, HERE, ROOT_MODULE, OfflineTerraform

REPOSITORY = HERE.parents[1]
DOCUMENT = REPOSITORY / "docs" / "plan-tests.md"
PLACE = "naive_timing"
NAIVE_TESTS = 3
FURTHER_ASSERTIONS = 100
_FEW, _MANY, _PAIRS = 10, 1010, 3
_FURTHER = '''import pytest


@pytest.mark.parametrize("number", range({number}))
def test_further(staging, number):
    """An assertion on a plan that is there."""
    assert staging.service("notification-api").cpu >= 256
'''


def main() -> None:
    """Measure, and write the table into the document."""
    naive = statistics.mean(_seconds(_naive_test) for _ in range(NAIVE_TESTS))
    ours, tests = _run("tests/plan")
    further = statistics.median(_further(_MANY) - _further(_FEW) for _ in range(_PAIRS))
    rows = [
        ("One test", f"{naive:.1f} s", f"{ours / tests:.2f} s"),
        (
            "A thousand tests",
            f"{_hours(naive * 1000)} (computed from {NAIVE_TESTS} tests)",
            f"{ours / tests * 1000:.0f} s",
        ),
        (
            f"{FURTHER_ASSERTIONS} further assertions",
            f"{_hours(naive * FURTHER_ASSERTIONS)}",
            f"{further * FURTHER_ASSERTIONS / (_MANY - _FEW):.1f} s",
        ),
    ]
    lines = [
        "| | naive: init and plan for each test | here: one plan a variable set |",
        "|---|---|---|",
        *(f"| {' | '.join(row)} |" for row in rows),
        "",
        f"Measured with `python -m tests.plan.naive_timing` on {os.cpu_count()} cores.",
    ]
    table = "\n".join(lines)
    DOCUMENT.write_text(with_text(DOCUMENT.read_text(), PLACE, table))
    sys.stdout.write(f"{table}\n")


def _seconds(work: Callable[[], object]) -> float:
    started = time.monotonic()
    work()
    return time.monotonic() - started


def _naive_test() -> None:
    """Set up a copy, plan it, look at it, throw it away."""
    with TemporaryDirectory() as scratch:
        folder = Path(scratch) / "terraform"
        copy_module(ROOT_MODULE, folder)
        shutil.copy(HERE / "offline_override.tf", folder)
        terraform = tftest.TerraformTest(str(folder))
        terraform.env = OfflineTerraform(Path(scratch) / "offline").environment()
        terraform.setup(cleanup_on_exit=False)
        cell = CELLS[BASE]
        planned = terraform.plan(
            output=True,
            tf_var_file=[str(file) for file in cell.var_files],
            tf_vars={"aws_account_id": ACCOUNT_ID},
        )
        if not planned.modules:
            raise RuntimeError("the plan is empty")


def _further(number: int) -> float:
    """Seconds of a run with so many assertions on one plan."""
    extra = HERE / "test_further.py"
    extra.write_text(_FURTHER.format(number=number))
    try:
        seconds, _ = _run(str(extra.relative_to(REPOSITORY)))
    finally:
        extra.unlink()
    return seconds


def _run(tests: str) -> tuple[float, int]:
    """Seconds that these plan tests take on two workers, and how many there are."""
    started = time.monotonic()
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", tests, "-n", "2", "--dist", "loadgroup"),
            *("-q", "-p", "no:cacheprovider"),
        ],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.monotonic() - started
    passed = re.search(r"(\d+) passed", done.stdout)
    if done.returncode or passed is None:
        raise RuntimeError(f"the plan tests fail:\n{done.stdout[-2000:]}")
    return seconds, int(passed[1])


def _hours(seconds: float) -> str:
    return str(timedelta(seconds=round(seconds)))


if __name__ == "__main__":
    main()
