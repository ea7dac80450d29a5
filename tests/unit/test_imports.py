"""What programs import that run in an environment of their own, against what that environment holds."""

import ast
import importlib.metadata
import re
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from tests.integration.images import DOCKERFILES, ROOT, copied_files

_PINNED = re.compile(r"^([a-z0-9-]+)(?:\[[^]]*\])?==", re.MULTILINE)
# Where packages of Python lie in the repository.
_FOLDERS = [ROOT, ROOT / "services"]
# What each container is started with.
_PROGRAMS = [
    ("notification-api", "notification_api.__main__"),
    ("email-sender", "email_sender.__main__"),
    ("email-sender", "email_sender.healthcheck"),
    ("load-generator", "load_generator.__main__"),
    ("stand-ins", "stage.control_plane.__main__"),
    ("stand-ins", "stage.smtp_server.__main__"),
]


_BENCH = [
    "tests.bench.__main__",
    "tests.bench.client_cost",
    "stage.smtp_server.__main__",
    "tests.bench.stand_in.__main__",
    "tests.bench.rivals.api_ways",
    "tests.bench.rivals.bare_asgi",
    "tests.bench.rivals.lone_batches",
    "tests.bench.rivals.lone_mails",
    "tests.bench.rivals.celery_worker",
    "tests.bench.rivals.noop_api",
    "tests.bench.rivals.plain_api",
    "notification_api.__main__",
    "email_sender.__main__",
]


@pytest.mark.parametrize(("image", "program"), _PROGRAMS)
def test_an_image_holds_all_that_its_program_imports(image, program):
    """Each module is of Python itself, copied, or of a package that the image's requirements pin.

    Imports within functions count, and those of what is imported; those for type checkers alone do not.
    """
    files = copied_files(ROOT / DOCKERFILES[image])
    pinned = set().union(*(_PINNED.findall(path.read_text()) for path in files if path.suffix == ".txt"))

    ours, theirs = _imported(program)

    assert pinned
    assert ours
    assert set() == ours - set(files)
    assert set() == _lacking(theirs, pinned)


def test_the_load_generators_image_holds_what_locust_loads_by_its_path():
    """A locustfile is no module: the packages that it lies in are not needed."""
    files = copied_files(ROOT / DOCKERFILES["load-generator"])
    pinned = set().union(*(_PINNED.findall(path.read_text()) for path in files if path.suffix == ".txt"))

    ours, theirs = _imported("tests.load.locustfile")

    assert ROOT / "tests/load/locustfile.py" in ours & set(files)
    assert set() == {path for path in ours - set(files) if path.name != "__init__.py"}
    assert set() == _lacking(theirs, pinned)


@pytest.mark.parametrize("program", _BENCH)
def test_the_benchmarks_environment_holds_all_that_its_programs_import(program):
    """It has requirements of its own, since what is measured must not be slowed down by what tests need."""
    pinned = set(_PINNED.findall((ROOT / "requirements/bench.txt").read_text()))

    ours, theirs = _imported(program)

    assert ours
    assert set() == _lacking(theirs, pinned)


def _lacking(imported: set[str], pinned: set[str]) -> set[str]:
    """Top names that no pinned package has; one that is not installed here is called like its package."""
    owners = _owners()
    return {
        name
        for name in imported
        if not pinned & {owner.lower().replace("_", "-") for owner in owners.get(name, [name])}
    }


@cache
def _owners() -> Mapping[str, list[str]]:
    """Packages that are installed here, by the top names that they have."""
    return importlib.metadata.packages_distributions()


def _imported(program: str) -> tuple[set[Path], set[str]]:
    """Our files that a program reaches by its imports, and the top names of all else but Python's own."""
    ours: set[Path] = set()
    theirs: set[str] = set()
    open_: list[str] = [program]
    while open_:
        name = open_.pop()
        parts = name.split(".")
        folder = next((folder for folder in _FOLDERS if (folder / parts[0]).is_dir()), None)
        if folder is None:
            theirs |= {parts[0]} - sys.stdlib_module_names
            continue
        for count in range(1, len(parts) + 1):
            path = _file(folder.joinpath(*parts[:count]))
            if path is not None and path not in ours:
                ours.add(path)
                open_ += _imported_by(path)
    return ours, theirs


@cache
def _file(module: Path) -> Path | None:
    """Where a module is; None for a name that is something within one."""
    candidates = (module.with_suffix(".py"), module / "__init__.py")
    return next((path.resolve() for path in candidates if path.is_file()), None)


@cache
def _imported_by(path: Path) -> tuple[str, ...]:
    """Every name that a file imports, wherever in it."""
    return tuple(_imports_of(ast.parse(path.read_text(encoding="utf-8"))))


def _imports_of(node: ast.AST) -> list[str]:
    """Every name that is imported below a node; the repository has no relative imports."""
    if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
        return []
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return [name for child in ast.iter_child_nodes(node) for name in _imports_of(child)]
