"""What a stage has on this machine, to be gone when it is."""

import errno
import os
import shutil
import socket
from contextlib import suppress
from pathlib import Path

import pytest

from stage.cpu.hierarchy import find_v1_cpu, find_v2

FOLDER = Path(__file__).parent
TERRAFORM = FOLDER / "terraform"
SERVICES = FOLDER / "services"

needs_terraform = pytest.mark.skipif(shutil.which("terraform") is None, reason="Terraform is not installed")


def processes(folder):
    """Processes that work in a folder, write to it or name it on their command lines."""
    return sorted(
        f"process {entry.name}: {_command_line(entry)}"
        for entry in Path("/proc").glob("[0-9]*")
        if int(entry.name) != os.getpid() and _mentions(entry, str(folder))
    )


def cgroups(word):
    """Cgroups of stages that have a word in their names, such as a run id or a process id."""
    return [
        f"cgroup {group}"
        for hierarchy in (find_v1_cpu(), find_v2())
        if hierarchy is not None
        for group in hierarchy.base.glob("stage-run-*")
        if f"-{word}-" in f"{group.name}-"
    ]


def claimed(endpoint_url):
    """The loopback block of a stage's endpoint, if somebody claims it."""
    number = endpoint_url.removeprefix("http://127.").partition(".")[0]
    with socket.socket() as probe:
        try:
            probe.bind((f"127.{number}.255.254", 49151))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            return [f"loopback block {number}"]
    return []


def files(folder):
    """What is in a temporary folder."""
    return sorted(f"file {path}" for path in folder.iterdir())


def _mentions(process, text):
    with suppress(FileNotFoundError, ProcessLookupError, PermissionError):
        if text in _command_line(process) or text in str((process / "cwd").readlink()):
            return True
        return any(text in str(descriptor.readlink()) for descriptor in (process / "fd").iterdir())
    return False


def _command_line(process):
    with suppress(FileNotFoundError, ProcessLookupError):
        return (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""
