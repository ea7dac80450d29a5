"""Cgroup hierarchies: mount points, this process's place in them, and which cgroups are whose run's."""

import os
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from stage.cpu.processes import start_ticks
from stage.errors import StageError

# Holds what was in a cgroup before stages divided it (cgroup v2 only).
BYSTANDERS = "stage-bystanders"
_RUN_PREFIX = "stage-run-"
_RUN_NAME = re.compile(rf"{_RUN_PREFIX}(?P<namespace>\d+)-(?P<pid>\d+)-(?P<ticks>\d+)-.+")


@dataclass(frozen=True)
class Hierarchy:
    """A mounted cgroup hierarchy.

    Attributes:
        mount: Its mount point.
        own: The cgroup that this process is in.
    """

    mount: Path
    own: Path

    @property
    def base(self) -> Path:
        """The cgroup to build in: our own, or what is above it if another stage's cgroup holds us."""
        parts = self.own.relative_to(self.mount).parts
        for depth, part in enumerate(parts):
            if part == BYSTANDERS or is_run(part):
                return self.mount.joinpath(*parts[:depth])
        return self.own


def find_v1_cpu(process: Path = Path("/proc/self")) -> Hierarchy | None:
    """The cgroup v1 hierarchy with the cpu controller, if one is mounted.

    Args:
        process: The process's folder in /proc.
    """
    return _find(process, "cgroup", "cpu")


def find_v2(process: Path = Path("/proc/self")) -> Hierarchy | None:
    """The cgroup v2 hierarchy, if it is mounted.

    Args:
        process: The process's folder in /proc.
    """
    return _find(process, "cgroup2", None)


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


def _find(process: Path, kind: str, controller: str | None) -> Hierarchy | None:
    # https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html
    for line in (process / "mountinfo").read_text().splitlines():
        mount, _, filesystem = line.partition(" - ")
        _, _, _, root, point, *_ = mount.split()
        fstype, _, super_options = filesystem.split(" ", 2)
        if fstype == kind and (controller is None or controller in super_options.split(",")):
            path = _path_in_hierarchy(process, controller)
            return Hierarchy(Path(point), _below(Path(point), path, root))
    return None


def _path_in_hierarchy(process: Path, controller: str | None) -> str:
    # https://man7.org/linux/man-pages/man7/cgroups.7.html, under /proc/pid/cgroup
    for line in (process / "cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if (controller or "") in controllers.split(","):
            return path
    return "/"


def _below(point: Path, path: str, root: str) -> Path:
    """The folder of a cgroup, of which the mount shows only what is below `root`."""
    if not PurePosixPath(path).is_relative_to(root):
        return point
    below = PurePosixPath(path).relative_to(root)
    return point if ".." in below.parts else point.joinpath(*below.parts)


def _pid_namespace() -> int:
    return Path("/proc/self/ns/pid").stat().st_ino
