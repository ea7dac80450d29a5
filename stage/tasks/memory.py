"""Memory of tasks: what they have resident, and the end of one that has more than its limit.

A container that takes more than its hard limit is killed, and so is one of a task that takes more than the
task has
(https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html, OutOfMemoryError).
"""

import logging
import os
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Protocol

from common.budget import budget
from stage.cpu.processes import children_by_parent, family_of

_LOG = logging.getLogger(__name__)
_MIB = 1024 * 1024
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_RESIDENT = 1  # of /proc/PID/statm: https://man7.org/linux/man-pages/man5/proc_pid_statm.5.html
# The kernel would act at once; a pass over /proc costs milliseconds.
_LOOK_SECONDS = 0.5
_JOIN_SECONDS = 10.0
# Takes so many MiB, a few at a time, and holds them: resident once they are written to.
_HOG = """
import sys, time
held = []
for _ in range(int(sys.argv[1])):
    held.append(b"x" * 1048576)
    time.sleep(0.0005)
time.sleep(3600)
"""


class Limited(Protocol):
    """Container with a limit on its memory."""

    @property
    def memory_mib(self) -> int:
        """MiB that it may use; 0 for no limit."""

    @property
    def pids(self) -> Sequence[int]:
        """Processes that it was started with, each with all its descendants in it."""

    def kill_for_memory(self) -> None:
        """End it, since it has used more."""


class MemoryWatch:
    """A thread that kills each container that has more memory resident than its limit.

    Args:
        containers: Those that run now.
    """

    def __init__(self, containers: Callable[[], Iterable[Limited]]) -> None:
        self._containers = containers
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="memory-watch", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def close(self) -> None:
        """End the thread."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join(budget(_JOIN_SECONDS))

    def look(self) -> None:
        """Kill what has more than its limit now."""
        children = children_by_parent()
        for container in self._containers():
            used = sum(resident_bytes(pid, children) for pid in container.pids)
            if 0 < container.memory_mib * _MIB < used:
                container.kill_for_memory()

    def _run(self) -> None:
        while not self._closing.wait(_LOOK_SECONDS):
            try:
                self.look()
            except Exception:  # noqa: BLE001 - the next look may go well, and it is logged
                _LOG.exception("the memory of tasks cannot be read")


def resident_bytes(pid: int, children: dict[int, list[int]]) -> int:
    """Bytes that a process and its descendants have in memory; nothing for one that has ended.

    Args:
        pid: The process.
        children: What `stage.cpu.processes.children_by_parent` returned.
    """
    return sum(_resident_pages(member) for member in family_of(pid, children)) * _PAGE_BYTES


def hog(mib: int) -> list[str]:
    """Command of a process that takes so many MiB and holds them."""
    return [sys.executable, "-I", "-S", "-c", _HOG, str(mib)]


def _resident_pages(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[_RESIDENT])
    except (FileNotFoundError, ProcessLookupError):
        return 0
