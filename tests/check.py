"""Program: `python -m tests.check`: linters, types, and the tests that a change concerns.

Unit tests are selected by imports (tests/selection.py). Where terraform/ or its tests have changed, the
rules of staging's plan are run too. What is selected says so, and what is not is `make test`'s to prove.
"""

import argparse
import subprocess
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.plan.matrix import BASE
from tests.selection import ROOT, changed_files, concerned, plan_is_concerned, unit_tests

_LINT = (
    ("ruff", "check", "--quiet", "."),
    ("ruff", "format", "--check", "--quiet", "."),
    ("mypy", "--no-error-summary"),
)
# pytest's own: no test was selected, which is as good as a pass here.
_NOTHING_TO_RUN = 5
# Starting workers takes longer than a few modules.
_ALONE = 8


@dataclass(frozen=True)
class Part:
    """One part of the check: its name, its exit status, what it said, and its seconds."""

    name: str
    status: int
    said: str
    seconds: float


def commands(changed: set[Path], selected: list[Path]) -> dict[str, list[tuple[str, ...]]]:
    """What is run, by the part that it belongs to: modules of Python with their arguments.

    Args:
        changed: Changed files.
        selected: Unit tests that they concern.
    """
    parts: dict[str, list[tuple[str, ...]]] = {"lint": list(_LINT)}
    if selected:
        workers = () if len(selected) < _ALONE else ("-n", "2", "--dist", "loadfile")
        names = [str(path.relative_to(ROOT)) for path in selected]
        parts["unit"] = [("pytest", "-q", *workers, *names)]
    if plan_is_concerned(changed):
        parts["plan"] = [("pytest", "-q", "tests/plan", "-m", "not inventory", "--plans", BASE)]
    return parts


def run_part(name: str, modules: list[tuple[str, ...]]) -> Part:
    """Run all commands of a part, whatever fails."""
    began, status, said = time.monotonic(), 0, ""
    for module in modules:
        ended = subprocess.run(
            [sys.executable, "-m", *module],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        said += ended.stdout
        if ended.returncode != _NOTHING_TO_RUN:
            status = status or ended.returncode
    return Part(name, status, said, time.monotonic() - began)


def main(arguments: list[str] | None = None) -> int:
    """Check what has changed; returns the exit status of the first part that fails."""
    parser = argparse.ArgumentParser(prog="python -m tests.check", description=__doc__)
    parser.add_argument("--since", metavar="REVISION", help="what is compared with (where the branch began)")
    options = parser.parse_args(arguments)
    began = time.monotonic()
    changed = changed_files(since=options.since)
    everything = unit_tests()
    selected = concerned(changed, everything)
    print(f"{len(changed)} files changed: {len(selected)} of {len(everything)} unit test modules", flush=True)  # noqa: T201 - a sign of life
    parts = commands(changed, selected)
    with ThreadPoolExecutor(len(parts)) as pool:
        running: list[Future[Part]] = [pool.submit(run_part, *part) for part in parts.items()]
        ended = [future.result() for future in running]
    for part in ended:
        if part.status:
            print(part.said, flush=True)  # noqa: T201 - the program's answer
    for part in ended:
        outcome = f"FAILED ({part.status})" if part.status else "passed"
        print(f"  {part.name:<6} {part.seconds:5.0f} s  {outcome}")  # noqa: T201 - as above
    print(f"  all    {time.monotonic() - began:5.0f} s; `make test` runs everything")  # noqa: T201 - as above
    return next((part.status for part in ended if part.status), 0)


if __name__ == "__main__":
    sys.exit(main())
