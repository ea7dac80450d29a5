"""Digest of everything that shapes what an apply leaves behind in the emulated AWS."""

import hashlib
import json
import platform
import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from common.terraform.terraform_cli import find_terraform
from stage.errors import StageError
from stage.settings import StageSettings
from stage.terraform.inputs import ApiKey, stage_variables
from stage.terraform.rehearsed_module import LEFT_BEHIND

_ROOT = Path(__file__).resolve().parents[2]
# What of our own code shapes it: the emulated AWS, how it is applied, and how it is kept. Tasks, and
# what watches and scales them, are no part of what is kept.
_CODE = ("stage/control_plane", "stage/terraform", "stage/kept_state", "common/terraform")
# It differs from one apply to the next, and is kept beside what was made with it.
_ANY_KEY = ApiKey("", {})


def ingredients(settings: StageSettings) -> dict[str, str]:
    """Ingredients of the digest by names for people: a digest of each, or itself where it is short.

    Raises:
        StageError: Terraform is not installed.
    """
    return {
        **_files(settings.terraform_dir, "terraform"),
        **{
            f"variable file {number}, {path.name}": _digest(path.read_bytes())
            for number, path in enumerate(settings.var_files, 1)
        },
        "variables": _digest(_canonical(settings.variables)),
        "the stage's variables": _digest(_canonical(stage_variables(_ANY_KEY, "", 0))),
        **{
            name: digest
            for folder in _CODE
            for name, digest in _files(_ROOT / folder, folder, "*.py").items()
        },
        **{f"package {name}": version for name, version in sorted(packages())},
        "Python": f"{platform.python_implementation()} {sys.version}",
        "platform": f"{sys.platform} {platform.machine()}",
        "Terraform": _terraform_version(),
    }


def digest_of(made_of: Mapping[str, str]) -> str:
    """The digest of ingredients, in hexadecimal."""
    return _digest(_canonical(made_of))


def first_difference(made_of: Mapping[str, str], other: Mapping[str, str]) -> str | None:
    """The name of an ingredient that is another, or in one of them alone; None if they are the same."""
    return next(
        (name for name in sorted({*made_of, *other}) if made_of.get(name) != other.get(name)),
        None,
    )


def _files(folder: Path, name: str, pattern: str = "*") -> dict[str, str]:
    """Digests of the files that a copy of the folder would hold, by their paths."""
    return {
        f"{name}/{path.relative_to(folder).as_posix()}": _digest(path.read_bytes())
        for path in sorted(_tree(folder))
        if path.match(pattern)
    }


def _tree(folder: Path) -> Iterator[Path]:
    entries = list(folder.iterdir())
    left = LEFT_BEHIND(str(folder), [entry.name for entry in entries])
    for entry in entries:
        if entry.name in left or entry.name == "__pycache__":
            continue
        if entry.is_dir():
            yield from _tree(entry)
        else:
            yield entry


def packages() -> Iterator[tuple[str, str]]:
    """Names and versions of all installed packages: moto, boto3 and whatever these are made of."""
    for one in distributions():
        yield one.name.lower().replace("_", "-"), one.version


def _terraform_version() -> str:
    """Version of Terraform itself; its provider's is in the module's lock file or in the kept one."""
    answer = subprocess.run(
        [find_terraform(StageError), "version", "-json"],
        capture_output=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    try:
        version = json.loads(answer.stdout)["terraform_version"]
    except (ValueError, KeyError):
        raise StageError(f"terraform version: {answer.stderr.decode(errors='replace')[:500]}") from None
    return str(version)


def _canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, default=dict).encode()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
