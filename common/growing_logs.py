"""Logs that one process writes line by line, and another reads meanwhile."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Generic, TypeVar

from common.shared_files import complete_lines

Line = TypeVar("Line")


class Tail:
    """Lines of a growing log, each read once.

    Args:
        path: The log; it may not be there yet.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0

    def new(self) -> list[bytes]:
        """Whole lines since the last call; one that is still being written is left for the next time."""
        if not self._path.exists():
            return []
        with self._path.open("rb") as log:
            log.seek(self._offset)
            lines = complete_lines(log.read())
        self._offset += sum(len(line) + 1 for line in lines)
        return lines


class Follower(Generic[Line]):
    """Reads a growing log of JSON lines, each line once, however often it is asked.

    Args:
        path: The log; it may not be there yet.
        read: Makes what a line stands for, None for a line that stands for nothing here.
    """

    def __init__(self, path: Path, read: Callable[[dict[str, Any]], Line | None]) -> None:
        self._tail = Tail(path)
        self._read = read
        self._found: list[Line] = []

    def all(self) -> Sequence[Line]:
        """All lines until now; one that is still being written is left for the next time."""
        found = (self._read(json.loads(line)) for line in self._tail.new())
        self._found += [line for line in found if line is not None]
        return self._found
