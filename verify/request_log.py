"""The load generator's diary: one JSON line a request."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Generic, TypeVar

from stage.host.shared_files import complete_lines
from verify.timeline import ACCEPTED, Generator, Mail, Request

REQUESTS, GENERATOR = "requests.jsonl", "generator.json"

Line = TypeVar("Line")


class RequestLog:
    """Appends a line as soon as a request has ended."""

    def __init__(self, folder: Path) -> None:
        self._file = (folder / REQUESTS).open("a", buffering=1)

    def append(self, request: Request) -> None:
        """Write one request."""
        self._file.write(json.dumps(asdict(request)) + "\n")

    def close(self) -> None:
        """Write the rest and close the file."""
        self._file.close()


def accepted_id(status: int, body: bytes | str | None) -> str:
    """The notification id in an answer; empty if it holds none."""
    if status != ACCEPTED or not body:
        return ""
    try:
        answer = json.loads(body)
    except ValueError:
        return ""
    return str(answer.get("id", "")) if isinstance(answer, dict) else ""


class Follower(Generic[Line]):
    """Reads a growing log of JSON lines, each line once, however often it is asked.

    Args:
        path: The log; it may not be there yet.
        read: Makes what a line stands for, None for a line that stands for nothing here.
    """

    def __init__(self, path: Path, read: Callable[[dict[str, Any]], Line | None]) -> None:
        self._path = path
        self._read = read
        self._offset = 0
        self._found: list[Line] = []

    def all(self) -> Sequence[Line]:
        """All lines until now; one that is still being written is left for the next time."""
        if self._path.exists():
            with self._path.open("rb") as log:
                log.seek(self._offset)
                fresh = log.read()
            lines = complete_lines(fresh)
            self._offset += sum(len(line) + 1 for line in lines)
            found = (self._read(json.loads(line)) for line in lines)
            self._found += [line for line in found if line is not None]
        return self._found


def requests_in(folder: Path) -> Follower[Request]:
    """All requests that have ended, in the order of their ends."""
    return Follower(folder / REQUESTS, lambda line: Request(**line))


def read_generator(folder: Path) -> Generator:
    """Read the load generator's own statistics, written when it left.

    Raises:
        FileNotFoundError: It did not leave by itself.
    """
    return Generator(**json.loads((folder / GENERATOR).read_text()))


def mails_in(log: Path) -> Follower[Mail]:
    """All mails that the SMTP server took and that carry a notification id."""
    return Follower(
        log,
        lambda line: (
            Mail(received_at=line["received_at"], notification_id=line["notification_id"])
            if line.get("notification_id")
            else None
        ),
    )
