"""Selection of the unit tests that a change concerns: those that import what has changed, at any distance.

What a test reaches without an import it does not see: a program that is started, a fixture file, a template.
So a selection is for the inner loop, and proves nothing that the whole layer does not prove.
"""

import ast
import subprocess
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Folders that packages lie in; the repository has no relative imports but those of test helpers.
_FOLDERS = (ROOT, ROOT / "services")
# Branches that work is compared with, the first that there is.
_TRUNKS = ("origin/HEAD", "origin/main", "main")
# A change of these concerns every test.
_EVERYWHERE = ("pyproject.toml", "tests/conftest.py", "tests/unit/conftest.py")


def changed_files(root: Path = ROOT, since: str | None = None) -> set[Path]:
    """Files that differ from a revision, with those that git does not know yet.

    Args:
        root: Working tree.
        since: The revision; by default where this branch left the trunk, on the trunk itself the last commit.
    """
    base = since or _left_the_trunk(root)
    names = _git(root, "diff", "--name-only", "--no-renames", base, "--") + _git(
        root, "ls-files", "--others", "--exclude-standard"
    )
    return {root / name for name in names}


def concerned(changed: set[Path], tests: Sequence[Path]) -> list[Path]:
    """Test modules that a change concerns, in their order.

    A Python file concerns whoever imports it, a conftest.py the tests below it; any other file the tests
    that its name stands in. Tests that look for all files of a kind are concerned by each of them.

    Args:
        changed: Changed files, removed ones too.
        tests: Test modules to choose from.
    """
    if any(path.relative_to(ROOT).as_posix() in _EVERYWHERE for path in changed if path.is_relative_to(ROOT)):
        return list(tests)
    sources = set().union(*(reached(test) for test in tests))
    concerning = changed | {path for path in sources if _looks_for(path, changed)}
    return [test for test in tests if reached(test) & concerning]


@cache
def reached(test: Path) -> frozenset[Path]:
    """Files of a test module, of the conftest.py above it, and of all modules of ours that those import.

    Also where one of them would be if it were there: it may have been removed.
    """
    conftests = (folder / "conftest.py" for folder in test.parents if folder.is_relative_to(ROOT))
    found: set[Path] = set()
    waiting = [test, *(path for path in conftests if path.is_file())]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += imported(path) if path.is_file() else ()
    return frozenset(found)


@cache
def imported(path: Path) -> tuple[Path, ...]:
    """Modules that a file of ours imports itself, wherever in it, as the files that they may be."""
    return tuple(
        file for name in _names(ast.parse(path.read_text("utf-8")), path) for file in _files_of(name)
    )


def _names(tree: ast.AST, path: Path) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=module, names=names, level=0):
                yield from (f"{module}.{alias.name}" for alias in names)
            case ast.ImportFrom(module=module, names=names, level=level):
                package = ".".join(path.relative_to(ROOT).parts[:-level])
                yield from (f"{package}.{module}.{alias.name}" for alias in names)


@cache
def _files_of(name: str) -> tuple[Path, ...]:
    """Files that are executed when a name is imported, wherever it may be; not all of them are there."""
    parts = name.split(".")
    for folder in _FOLDERS:
        if (folder / parts[0]).is_dir():
            steps = [folder.joinpath(*parts[:count]) for count in range(1, len(parts) + 1)]
            return tuple(path for step in steps for path in (step / "__init__.py", step.with_suffix(".py")))
    return ()


def _looks_for(path: Path, files: set[Path]) -> bool:
    """Whether a file of a name, or all files of a kind, are looked for in a file of tests."""
    if not path.is_relative_to(ROOT / "tests"):
        return False
    kinds = {f"*{file.suffix}" for file in files if file.suffix}
    names = {file.name for file in files if file.suffix != ".py"}
    return any(word in _text(path) for word in kinds | names)


@cache
def _text(path: Path) -> str:
    return path.read_text("utf-8") if path.is_file() else ""


def _left_the_trunk(root: Path) -> str:
    for trunk in _TRUNKS:
        if found := _git(root, "merge-base", "HEAD", trunk, failing=True):
            at_trunk = found == _git(root, "rev-parse", "HEAD")
            return "HEAD" if at_trunk else found[0]
    return "HEAD"


def _git(root: Path, *arguments: str, failing: bool = False) -> list[str]:
    """Lines of git's answer; none if it fails and may."""
    ended = subprocess.run(
        ["git", "-C", str(root), *arguments],  # noqa: S607 - whichever git there is
        capture_output=True,
        text=True,
        check=not failing,
    )
    return ended.stdout.splitlines() if ended.returncode == 0 else []


def unit_tests(root: Path = ROOT) -> list[Path]:
    """Every module of unit tests, in order."""
    return sorted((root / "tests" / "unit").rglob("test_*.py"))


def plan_is_concerned(changed: set[Path]) -> bool:
    """Whether a change can make another plan, or another test of one."""
    return any(
        path.is_relative_to(ROOT / folder) for path in changed for folder in ("terraform", "tests/plan")
    )
