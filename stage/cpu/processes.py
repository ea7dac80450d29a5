"""Age and descendants of processes, from /proc."""

import os
from pathlib import Path

# Fields of /proc/PID/stat, counted from behind the command name, which may hold spaces and brackets
# (https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html).
_PARENT = 1
_START_TIME = 19


def start_ticks(pid: int) -> int | None:
    """When a process started, in clock ticks since boot; None if there is no such process.

    Together with its id this names a process for good, because ids are used again.
    """
    fields = _stat(pid)
    return int(fields[_START_TIME]) if fields else None


def children_by_parent() -> dict[int, list[int]]:
    """Every process of the machine under its parent, read in one pass over /proc."""
    children: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):  # noqa: PTH208 - a Path for each process costs more than its stat
        if entry.isdigit() and (fields := _stat(int(entry))):
            children.setdefault(int(fields[_PARENT]), []).append(int(entry))
    return children


def family_of(pid: int, children: dict[int, list[int]] | None = None) -> list[int]:
    """A process, then its live descendants.

    Args:
        pid: The process.
        children: What `children_by_parent` returned, to ask for several families in one pass.
    """
    children = children_by_parent() if children is None else children
    family = [pid]
    for member in family:
        family.extend(children.get(member, ()))
    return family


def _stat(pid: int) -> list[str] | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    return text.rpartition(")")[2].split()
