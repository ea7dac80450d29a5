"""The Docker engine: the one that runs, else one of our own where that may be started."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import docker
from docker.errors import DockerException

from common.budget import budget
from tests.waiting import START, reached

Say = Callable[[str], None]

REQUEST_BUDGET_SECONDS = budget(600.0)
"""What the engine does by one request: pull an image, stop a container."""

# An engine of our own keeps its images here, so that a second run finds them.
_DATA_ROOT = Path("/var/lib/notification-engine")
_RUN_FOLDER = Path("/run/notification-engine")
_SOCKET = f"unix://{_RUN_FOLDER}/docker.sock"
_START_BUDGET_SECONDS = budget(300.0)
_STOP_BUDGET_SECONDS = budget(120.0)
_APT_FAMILY = {"debian", "ubuntu"}
# What some releases pack apart from the engine, and others not at all.
_CLIENT_PACKAGES = ("docker-cli", "docker-buildx")
# A client from this version on builds with BuildKit only through a plugin.
_PLUGIN_NEEDED_FROM = 23


class EngineUnavailableError(Exception):
    """No container can run here; the message is the one line that says what to start."""


@contextmanager
def engine(say: Say) -> Iterator[str]:
    """Where the engine listens, for `DOCKER_HOST`; one that was started here is stopped again.

    Args:
        say: Told what takes time.

    Raises:
        EngineUnavailableError: There is none, and none may be started.
    """
    if running := _running():
        yield running
        return
    process = _start(say)
    try:
        yield _SOCKET
    finally:
        _stop(process)


def client_program() -> str:
    """The `docker` command that can build with BuildKit.

    Raises:
        EngineUnavailableError: There is none.
    """
    for folder in os.get_exec_path():
        candidate = shutil.which("docker", path=folder)
        if candidate is not None and _builds(candidate):
            return candidate
    raise EngineUnavailableError(
        "the docker client cannot build with BuildKit: install the plugin docker-buildx"
    )


def _running() -> str | None:
    """Where an engine answers: the user's own choice first, then what an earlier run left."""
    chosen = os.environ.get("DOCKER_HOST") or _of_the_context()
    return next((url for url in (chosen, _SOCKET) if url and _answers(url)), None)


def _of_the_context() -> str | None:
    """The engine that a person's `docker` talks to, which need not be the default socket."""
    program = shutil.which("docker")
    if program is None:
        return None
    asked = subprocess.run(
        [program, "context", "inspect", "--format", "{{json .Endpoints.docker.Host}}"],
        capture_output=True,
        text=True,
        check=False,
    )
    return str(json.loads(asked.stdout)) if asked.returncode == 0 and asked.stdout.strip() else None


def _answers(url: str) -> bool:
    try:
        client = docker.DockerClient(base_url=url, timeout=START)
    except DockerException:
        return False
    try:
        return bool(client.ping())
    except (DockerException, OSError):
        return False
    finally:
        client.close()


def _start(say: Say) -> "subprocess.Popen[bytes]":
    _require(os.name == "posix" and os.geteuid() == 0, "start it, or run this as root on Debian or Ubuntu")
    _install(say)
    for folder in (_DATA_ROOT, _RUN_FOLDER):
        folder.mkdir(parents=True, exist_ok=True)
    log = _RUN_FOLDER / "dockerd.log"
    say("starting a Docker engine")
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                _found("dockerd"),
                *("--data-root", str(_DATA_ROOT)),
                *("--exec-root", str(_RUN_FOLDER / "exec")),
                *("--pidfile", str(_RUN_FOLDER / "dockerd.pid")),
                *("--host", _SOCKET),
                # What a container publishes is for this machine alone.
                *("--ip", "127.0.0.1"),
            ],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            # Ctrl-C in the terminal is ours to handle: containers have to be removed first.
            start_new_session=True,
        )
    reached(lambda: _answers(_SOCKET) or process.poll() is not None, _START_BUDGET_SECONDS, every=0.1)
    if not _answers(_SOCKET):
        _stop(process)
        raise EngineUnavailableError(f"no Docker engine can be started here: {_last_line(log)}")
    return process


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """End the engine that was started here, and no other."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(_STOP_BUDGET_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _install(say: Say) -> None:
    if shutil.which("dockerd") and _can_build():
        return
    _require(_release().get("ID") in _APT_FAMILY, "install Docker and start it")
    say("installing a Docker engine from this distribution's packages")
    _apt("update", "--quiet")
    _apt("install", "docker.io", "iptables")
    for package in _CLIENT_PACKAGES:
        if not _can_build():
            with suppress(EngineUnavailableError):
                _apt("install", package)


def _can_build() -> bool:
    try:
        client_program()
    except EngineUnavailableError:
        return False
    return True


def _builds(program: str) -> bool:
    """Whether a client builds with BuildKit: it has the plugin, or is old enough to need none."""
    if subprocess.run([program, "buildx", "version"], capture_output=True, check=False).returncode == 0:
        return True
    asked = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    major = asked.removeprefix("Docker version ").partition(".")[0]
    return major.isdigit() and int(major) < _PLUGIN_NEEDED_FROM


def _apt(verb: str, *arguments: str) -> None:
    options = ("--yes", "--no-install-recommends") if verb == "install" else ()
    done = subprocess.run(
        [_found("apt-get"), verb, *options, *arguments],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise EngineUnavailableError(f"apt-get {verb} fails: {said[-1] if said else done.returncode}")


def _found(program: str) -> str:
    path = shutil.which(program)
    if path is None:
        raise EngineUnavailableError(f"{program} is not on PATH: install Docker and start it")
    return path


def _release() -> dict[str, Any]:
    """What https://www.freedesktop.org/software/systemd/man/os-release.html says of this system."""
    if sys.platform != "linux" or not Path("/etc/os-release").exists():
        return {}
    lines = Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
    return {name: value.strip('"') for name, _, value in (line.partition("=") for line in lines)}


def _require(condition: bool, remedy: str) -> None:
    if not condition:
        raise EngineUnavailableError(f"no Docker engine answers: {remedy}")


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"
