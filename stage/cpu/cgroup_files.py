"""The few operations on a cgroup file system that quotas need."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tenacity import retry, retry_if_exception_type, wait_fixed

from common.budget import stop_when_spent

# A killed process leaves its cgroup a moment after it is gone for its parent.
_LEAVE_BUDGET_SECONDS = 20.0


class CgroupFiles:
    """A cgroup file system; tests put one in its place that has the kernel's rules but no kernel."""

    def make(self, group: Path) -> None:
        """Make a cgroup, if it is not there."""
        group.mkdir(exist_ok=True)

    def remove(self, group: Path) -> None:
        """Remove a cgroup that has neither processes nor children."""
        group.rmdir()

    def exists(self, group: Path) -> bool:
        """Whether a cgroup is there."""
        return group.is_dir()

    def writable(self, group: Path) -> bool:
        """Whether we may make cgroups in a cgroup and move processes to and fro below it."""
        return os.access(group, os.W_OK) and os.access(group / "cgroup.procs", os.W_OK)

    @contextmanager
    def exclusive(self, group: Path) -> Iterator[None]:
        """Keep other stages out while a cgroup that they share with us is rearranged."""
        descriptor = os.open(group, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def children(self, group: Path) -> list[Path]:
        """The cgroups in a cgroup; none if it is gone."""
        with suppress(FileNotFoundError):
            return [Path(entry.path) for entry in os.scandir(group) if entry.is_dir()]
        return []

    def read(self, group: Path, file: str) -> str:
        """Content of one of a cgroup's files."""
        return (group / file).read_text()

    def write(self, group: Path, file: str, text: str) -> None:
        """Write to one of a cgroup's files, which the kernel must have put there."""
        descriptor = os.open(group / file, os.O_WRONLY)
        try:
            os.write(descriptor, text.encode())
        finally:
            os.close(descriptor)

    def processes(self, group: Path) -> list[int]:
        """Ids of the processes in a cgroup; none if it is gone."""
        with suppress(FileNotFoundError, OSError):
            return [int(pid) for pid in self.read(group, "cgroup.procs").split()]
        return []

    def move(self, pid: int, group: Path) -> None:
        """Put a process into a cgroup; one that has ended needs no place."""
        with suppress(ProcessLookupError):
            self.write(group, "cgroup.procs", str(pid))

    def dissolve(self, group: Path, home: Path) -> None:
        """Remove a cgroup and all below it; processes that are still there go to `home`.

        Raises:
            OSError: It could not be emptied within the budget.
        """
        for child in self.children(group):
            self.dissolve(child, home)
        if self.exists(group):
            self._empty_and_remove(group, home)

    @retry(
        retry=retry_if_exception_type(OSError),
        stop=stop_when_spent(_LEAVE_BUDGET_SECONDS),
        wait=wait_fixed(0.01),
        reraise=True,
    )
    def _empty_and_remove(self, group: Path, home: Path) -> None:
        for pid in self.processes(group):
            self.move(pid, home)
        with suppress(FileNotFoundError):
            self.remove(group)
