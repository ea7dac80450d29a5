"""The image that ours are built on: a public one, or one made of Debian's packages."""

import hashlib
import os
import platform
import shutil
import subprocess
import tempfile
from pathlib import Path

import docker
from docker.errors import DockerException, ImageNotFound

from tests.integration.engine import EngineUnavailableError, Say

_SUITE = "trixie"
_PACKAGES = ("ca-certificates", "python3-minimal", "python3-venv")
# What no service reads, and what is out of date the day after.
_LEFT_OUT = (
    "usr/share/doc",
    "usr/share/man",
    "usr/share/locale",
    "var/cache/apt",
    "var/lib/apt/lists",
    "var/log",
)
_REPOSITORY = "notification-base"


def base_image(client: docker.DockerClient, wanted: str, say: Say) -> str:
    """Name of the base image: `BASE_IMAGE` if that is set, else the wanted one if it can be had, else Debian.

    Args:
        client: The engine.
        wanted: What the Dockerfile names, e.g. "python:3.11-slim".
        say: Told what takes time.

    Raises:
        EngineUnavailableError: It can neither be pulled nor built here.
    """
    if chosen := os.environ.get("BASE_IMAGE"):
        return chosen
    if _is_here(client, wanted) or _can_be_pulled(client, wanted):
        return wanted
    return _of_debian(client, say)


def _is_here(client: docker.DockerClient, name: str) -> bool:
    try:
        client.images.get(name)
    except ImageNotFound:
        return False
    return True


def _can_be_pulled(client: docker.DockerClient, name: str) -> bool:
    try:
        client.images.pull(name)
    except DockerException:
        return False
    return True


def _of_debian(client: docker.DockerClient, say: Say) -> str:
    """An image of Debian's packages, made once for each recipe."""
    recipe = repr((_SUITE, _PACKAGES, _LEFT_OUT, platform.machine()))
    name = f"{_REPOSITORY}:{_SUITE}-{hashlib.sha256(recipe.encode()).hexdigest()[:12]}"
    if _is_here(client, name):
        return name
    program = _debootstrap(say)
    say(f"building a base image from Debian {_SUITE}'s packages, a minute or two")
    with tempfile.TemporaryDirectory(prefix="base-image-") as scratch:
        root = Path(scratch) / "root"
        _run([program, "--variant=minbase", f"--include={','.join(_PACKAGES)}", _SUITE, str(root)])
        for folder in _LEFT_OUT:
            shutil.rmtree(root / folder, ignore_errors=True)
            (root / folder).mkdir(parents=True)
        # The name that Dockerfiles call it by.
        (root / "usr/local/bin/python").symlink_to("/usr/bin/python3")
        archive = Path(scratch) / "root.tar"
        _run(["tar", "--numeric-owner", "--create", f"--file={archive}", f"--directory={root}", "."])
        repository, _, tag = name.partition(":")
        client.api.import_image_from_file(str(archive), repository=repository, tag=tag)
    return name


def _debootstrap(say: Say) -> str:
    program = shutil.which("debootstrap")
    if program is not None:
        return program
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise EngineUnavailableError(
            "no base image can be pulled: set BASE_IMAGE to one with Python 3.11 or newer, "
            "or run this as root on Debian or Ubuntu"
        )
    say("installing debootstrap")
    _run(["apt-get", "update", "--quiet"])
    _run(["apt-get", "install", "--yes", "--no-install-recommends", "debootstrap", "debian-archive-keyring"])
    return shutil.which("debootstrap") or "/usr/sbin/debootstrap"


def _run(command: list[str]) -> None:
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        env=_quiet_environment(),
    )
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise EngineUnavailableError(
            f"{Path(command[0]).name} fails: {said[-1] if said else done.returncode}"
        )


def _quiet_environment() -> dict[str, str]:
    return {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
