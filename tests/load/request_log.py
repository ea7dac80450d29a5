"""The load generator's diary: one JSON line a request."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from tests.load.timeline import Generator, Mail, Request

REQUESTS, GENERATOR = "requests.jsonl", "generator.json"


class RequestLog:
    """Appends a line as soon as a request has ended."""

    def __init__(self, folder: Path) -> None:
        self._file = (folder / REQUESTS).open("a", buffering=1)

    def append(self, request: Request) -> None:
        """Write one request."""
        self._file.write(json.dumps(asdict(request)) + "\n")

    def close(self) -> None:
        """Write what is left and let go of the file."""
        self._file.close()


def accepted_id(status: int, body: bytes | str | None) -> str:
    """The notification id in an answer; empty if it holds none."""
    if status != 202 or not body:
        return ""
    try:
        answer = json.loads(body)
    except ValueError:
        return ""
    return str(answer.get("id", "")) if isinstance(answer, dict) else ""


def read_requests(folder: Path) -> Sequence[Request]:
    """All requests that have ended, in the order of their ends."""
    return [Request(**line) for line in _lines(folder / REQUESTS)]


def read_generator(folder: Path) -> Generator:
    """How the generator did, as it said on leaving.

    Raises:
        FileNotFoundError: It did not leave by itself.
    """
    return Generator(**json.loads((folder / GENERATOR).read_text()))


def read_mails(log: Path) -> Sequence[Mail]:
    """All mails that the SMTP server took and that carry a notification id."""
    return [
        Mail(received_at=line["received_at"], notification_id=line["notification_id"])
        for line in _lines(log)
        if line.get("notification_id")
    ]


def _lines(path: Path) -> Iterator[dict]:
    """Complete lines only: the writer may be in the middle of the last one."""
    if not path.exists():
        return
    with path.open() as file:
        for line in file:
            if line.endswith("\n"):
                yield json.loads(line)
