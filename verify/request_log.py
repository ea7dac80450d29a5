"""The load generator's diary: one JSON line a request."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from common.growing_logs import Follower
from verify.content import digest_of_mail
from verify.record import ACCEPTED, Generator, Handled, Mail, Request

REQUESTS, GENERATOR = "requests.jsonl", "generator.json"
# Version, trace id, parent id, flags (https://www.w3.org/TR/trace-context/#traceparent-header).
_TRACEPARENT_PARTS = 4

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


def requests_in(folder: Path) -> Follower[Request]:
    """All requests that have ended, in the order of their ends."""
    return Follower(folder / REQUESTS, lambda line: Request(**line))


class Merged:
    """Requests of several load generators, in the order of their ends."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._followers = [requests_in(folder) for folder in folders]

    def all(self) -> Sequence[Request]:
        """Requests that have ended until now."""
        found = [request for follower in self._followers for request in follower.all()]
        return sorted(found, key=lambda request: request.finished_at)


def together(generators: Sequence[Generator]) -> Generator:
    """Statistics of several load generators as those of one: what they sent in all, the worst lag of any."""
    return Generator(
        sent=sum(generator.sent for generator in generators),
        missed=sum(generator.missed for generator in generators),
        worst_lag=max(generator.worst_lag for generator in generators),
    )


def read_generator(folder: Path) -> Generator:
    """Read the load generator's own statistics, written when it left.

    Raises:
        FileNotFoundError: It did not leave by itself.
    """
    return Generator(**json.loads((folder / GENERATOR).read_text()))


def mails_in(log: Path) -> Follower[Mail]:
    """All mails that the SMTP server took and that carry a notification id."""
    return Follower(log, _mail)


def handled_in(log: Path) -> Follower[Handled]:
    """All requests that were sent to a task, each as often as it was sent."""
    return Follower(log, _handled)


def _mail(line: dict[str, Any]) -> Mail | None:
    if not line.get("notification_id"):
        return None
    content = line.get("content")
    return Mail(
        received_at=line["received_at"],
        notification_id=line["notification_id"],
        recipient=line.get("recipient", ""),
        # A character there stands for a byte.
        digest="" if content is None else digest_of_mail(content.encode("latin-1")),
    )


def _handled(line: dict[str, Any]) -> Handled | None:
    parts = str(line.get("traceparent") or "").split("-")
    if len(parts) < _TRACEPARENT_PARTS or not line.get("target"):
        return None
    return Handled(float(line["at"]), str(line["target"]), parts[1], int(line.get("status") or 0))
