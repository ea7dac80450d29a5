"""The newest AWS provider that the modules allow: what the plan tests say of it, before it is locked.

    python -m tests.plan.newest_provider

The roots are held to the version that was tested. Here a copy of them takes whatever the modules allow, is
set up anew, validated, planned offline and held against the rules. Inventories are left out: a newer
provider has arguments of its own.

Exit status: 0 if the newest is the one that is locked, or passes; else that of the failed step.
"""

import os
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from common.terraform.provider_mirror import cli_environment
from stage.terraform.rehearsed_module import LOCK_FILE, copy_module
from tests.plan.offline import HERE, ROOT_MODULE

REPOSITORY = HERE.parents[1]
# What modules allow; a root's own constraint takes its place in the copy.
ALLOWED = ">= 5.100, < 7"
_ROOTS = (".", "bootstrap", "examples/minimal")
_HELD = re.compile(r'(source += +"hashicorp/aws"\n +version += +)".*"')
_VERSION = re.compile(r'^ +version += +"(.*)"$', re.MULTILINE)
_CHECKS = ("tests/plan/test_validate.py", "tests/plan/test_examples.py", "tests/plan/rules")


def main() -> int:
    """Try it; the exit status."""
    console = Console()
    locked = locked_version(ROOT_MODULE)
    with TemporaryDirectory() as scratch:
        copy = Path(scratch) / "terraform"
        copy_module(ROOT_MODULE, copy)
        widen(copy)
        done = subprocess.run(
            ["terraform", "init", "-upgrade", "-no-color"],  # noqa: S607 - found on PATH like everywhere
            cwd=copy,
            env={**os.environ, **cli_environment(Path(scratch))},
            check=False,
        )
        if done.returncode:
            return done.returncode
        newest = locked_version(copy)
        if newest == locked:
            console.print(f"The newest AWS provider to be had is {newest}, which is the one that is locked.")
            return 0
        console.print(f"Trying AWS provider {newest}; locked is {locked}.")
        for root in _ROOTS[1:]:
            (copy / root / LOCK_FILE).write_text((copy / LOCK_FILE).read_text())
        status = _check(copy)
    told = "passes: lock it" if status == 0 else "does not pass: see above"
    console.print(f"AWS provider {newest} {told} (docs/plan-tests.md tells how). Locked is {locked}.")
    return status


def widen(copy: Path) -> None:
    """Let the roots of a copy take whatever the modules allow, with nothing locked."""
    for root in _ROOTS:
        versions = copy / root / "versions.tf"
        versions.write_text(_HELD.sub(rf'\1"{ALLOWED}"', versions.read_text()))
        (copy / root / LOCK_FILE).unlink(missing_ok=True)


def locked_version(root: Path) -> str:
    """Version of the AWS provider in a root's lock file.

    Raises:
        ValueError: None is locked.
    """
    found = _VERSION.search((root / LOCK_FILE).read_text())
    if found is None:
        raise ValueError(f"{root / LOCK_FILE} locks no provider")
    return found[1]


def _check(copy: Path) -> int:
    """What the plan tests say of the copy."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", *_CHECKS, "-n", "2", "--dist", "loadgroup"],
        cwd=REPOSITORY,
        env={**os.environ, "PLAN_ROOT_MODULE": str(copy)},
        check=False,
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
