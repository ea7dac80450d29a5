"""Names for a run's cgroups that tell whether the run is still alive."""

import os
import re
from pathlib import Path

from stage.cpu.processes import start_ticks
from stage.errors import StageError

# Holds what was in a cgroup before stages divided it (cgroup v2 only).
BYSTANDERS = "stage-bystanders"
_RUN_PREFIX = "stage-run-"
_RUN_NAME = re.compile(rf"{_RUN_PREFIX}(?P<namespace>\d+)-(?P<pid>\d+)-(?P<ticks>\d+)-.+")


def run_name(run_id: str) -> str:
    """Name for the cgroup of this process's run.

    Raises:
        StageError: `run_id` does not fit in a file name.
    """
    if not re.fullmatch(r"[A-Za-z0-9_.-]+", run_id):
        raise StageError(f"run id {run_id!r}: use letters, digits, dots, dashes and underscores only")
    pid = os.getpid()
    return f"{_RUN_PREFIX}{_pid_namespace()}-{pid}-{start_ticks(pid)}-{run_id}"


def is_run(name: str) -> bool:
    """Whether a cgroup of this name is some run's."""
    return _RUN_NAME.fullmatch(name) is not None


def is_abandoned(name: str) -> bool:
    """Whether a cgroup of this name belongs to a run whose process has ended.

    A run in another pid namespace, another container say, is left alone: its process cannot be seen.
    """
    owner = _RUN_NAME.fullmatch(name)
    if owner is None or int(owner["namespace"]) != _pid_namespace():
        return False
    return start_ticks(int(owner["pid"])) != int(owner["ticks"])


def _pid_namespace() -> int:
    return Path("/proc/self/ns/pid").stat().st_ino
