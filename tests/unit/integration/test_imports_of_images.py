"""What the programs of the images import, against what the images hold."""

import ast
import importlib.metadata
import re
import sys
from pathlib import Path

import pytest

from tests.integration.images import DOCKERFILES, ROOT, copied_files

_PINNED = re.compile(r"^([a-z0-9-]+)(?:\[[^]]*\])?==", re.MULTILINE)
# Where packages of Python lie in the repository.
_FOLDERS = [ROOT, ROOT / "services", ROOT / "tests/integration/images/stand_ins"]
# What each container is started with.
_PROGRAMS = [
    ("notification-api", "notification_api.__main__"),
    ("email-sender", "email_sender.__main__"),
    ("email-sender", "email_sender.healthcheck"),
    ("stand-ins", "stage.control_plane.__main__"),
    ("stand-ins", "mail_server.__main__"),
]


@pytest.mark.parametrize(("image", "program"), _PROGRAMS)
def test_an_image_holds_all_that_its_program_imports(image, program):
    """Each module is of Python itself, copied, or of a package that the image's requirements pin.

    Imports within functions count, and those of what is imported; those for type checkers alone do not.
    """
    files = copied_files(ROOT / DOCKERFILES[image])
    pinned = set().union(*(_PINNED.findall(path.read_text()) for path in files if path.suffix == ".txt"))
    owners = importlib.metadata.packages_distributions()

    ours, theirs = _imported(program)

    assert pinned
    assert ours
    assert set() == ours - set(files)
    assert set() == {
        name for name in theirs if not pinned & {owner.lower().replace("_", "-") for owner in owners[name]}
    }


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
                open_ += _imports_of(ast.parse(path.read_text(encoding="utf-8")))
    return ours, theirs


def _file(module: Path) -> Path | None:
    """Where a module is; None for a name that is something within one."""
    candidates = (module.with_suffix(".py"), module / "__init__.py")
    return next((path.resolve() for path in candidates if path.is_file()), None)


def _imports_of(node: ast.AST) -> list[str]:
    """Every name that is imported below a node; the repository has no relative imports."""
    if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
        return []
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return [name for child in ast.iter_child_nodes(node) for name in _imports_of(child)]
