"""Ships the output of tasks to the CloudWatch Logs streams that they declare."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from common.budget import budget
from stage.control_plane.aws import in_words
from stage.errors import StageError
from stage.tasks.decide import severity
from stage.tasks.model import LogDestination

_LOG = logging.getLogger(__name__)
_PAUSE_SECONDS = 1.0
# Docker, too, waits so long for a log driver before it lets a container go
# (https://github.com/moby/moby/blob/master/daemon/container/monitor.go).
_CLOSE_BUDGET_SECONDS = 10.0
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
_BATCH_EVENTS = 10_000
_BATCH_BYTES = 1_048_576
_EVENT_OVERHEAD_BYTES = 26
# What is read of one file in one go; also keeps any single event within the batch limit.
_CHUNK_BYTES = 262_144


@dataclass
class _Tail:
    """Position up to which one file has been shipped."""

    path: Path
    destination: LogDestination
    logs: Any
    offset: int = 0
    partial: bytes = b""
    finished: threading.Event = field(default_factory=threading.Event)
    done: threading.Event = field(default_factory=threading.Event)

    def lines(self) -> Iterator[str]:
        """Complete lines written since the last call, and the rest once the task has ended."""
        last_read = self.finished.is_set()
        with self.path.open("rb") as file:
            file.seek(self.offset)
            while chunk := file.read(_CHUNK_BYTES):
                self.offset += len(chunk)
                *complete, self.partial = (self.partial + chunk).split(b"\n")
                yield from map(_text, complete)
                # A line without end goes out in pieces rather than growing in memory.
                if len(self.partial) >= _CHUNK_BYTES:
                    yield _text(self.partial)
                    self.partial = b""
        if last_read and self.partial:
            yield _text(self.partial)
            self.partial = b""


class LogShipper:
    """Ships the log files of all tasks from one thread, once a second and as soon as a task has ended.

    Tasks write to files, not to pipes: a slow control plane never holds a task up. Events carry the
    real time at which they were read, because CloudWatch Logs refuses events more than two hours
    ahead and AWS time here soon is.
    """

    def __init__(self, ingested: Callable[[str, str], None]) -> None:
        """Start shipping.

        Args:
            ingested: Called with the name of the stream and each line that CloudWatch Logs has taken, as
                it makes metrics of some of them.
        """
        self._ingested = ingested
        self._tails: dict[Path, _Tail] = {}
        self._lock = threading.Lock()
        self._closed = threading.Event()
        # Set when there is something to do at once: a task has ended, or the shipper is closed.
        self._news = threading.Event()
        self._thread = threading.Thread(target=self._run, name="log-shipper", daemon=True)
        self._thread.start()

    def follow(self, path: Path, destination: LogDestination, logs: Any) -> None:
        """Ship a file from its beginning, from now on.

        Args:
            path: The file.
            destination: The log stream, which is made.
            logs: boto3 client that acts in the task's execution role.

        Raises:
            StageError: The stream cannot be made, in ECS's words; on Fargate the task then fails to start
                (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/resource-initialization-error.html).
        """
        try:
            logs.create_log_stream(logGroupName=destination.group, logStreamName=destination.stream)
        except (ClientError, BotoCoreError) as error:
            raise StageError(
                "ResourceInitializationError: failed to validate logger args: create stream has been retried "
                f"1 times: failed to create Cloudwatch log stream: {in_words(error)} : exit status 1"
            ) from error
        path.touch()
        with self._lock:
            self._tails[path] = _Tail(path, destination, logs)

    def finish(self, path: Path) -> None:
        """Ship the rest of a file whose task has ended, then forget it; returns at once."""
        with self._lock:
            if path in self._tails:
                self._tails[path].finished.set()
        self._news.set()

    def wait(self, path: Path) -> None:
        """Wait until a finished file is shipped, for as long as a container waits for its log driver."""
        with self._lock:
            tail = self._tails.get(path)
        if tail is not None:
            tail.done.wait(budget(_CLOSE_BUDGET_SECONDS))
            self._forget(tail)

    def close(self) -> None:
        """Ship no more. What was not shipped stays in the files."""
        self._closed.set()
        self._news.set()
        self._thread.join()

    def _forget(self, tail: _Tail) -> None:
        with self._lock:
            self._tails.pop(tail.path, None)
        tail.done.set()

    def _run(self) -> None:
        while True:
            self._news.wait(_PAUSE_SECONDS)
            self._news.clear()
            if self._closed.is_set():
                return
            with self._lock:
                tails = list(self._tails.values())
            for tail in tails:
                # Asked before shipping: what is written until the end is shipped below.
                done = tail.finished.is_set()
                try:
                    self._ship(tail)
                except (OSError, ClientError, BotoCoreError) as error:
                    # Lost there, still in the file here.
                    _LOG.log(severity(error), "%s is not shipped: %s", tail.path.name, error)
                    done = done or severity(error) == logging.INFO
                if done:
                    self._forget(tail)

    def _ship(self, tail: _Tail) -> None:
        for messages in _batches(tail.lines()):
            now = int(time.time() * 1000)
            tail.logs.put_log_events(
                logGroupName=tail.destination.group,
                logStreamName=tail.destination.stream,
                logEvents=[{"timestamp": now, "message": message} for message in messages],
            )
            for message in messages:
                self._ingested(tail.destination.stream, message)
            if self._closed.is_set():
                return


def _text(line: bytes) -> str:
    return line.decode(errors="replace").rstrip("\r")


def _batches(lines: Iterator[str]) -> Iterator[list[str]]:
    """Lines in groups that one PutLogEvents takes; empty ones are left out, as events cannot be empty."""
    batch: list[str] = []
    size = 0
    for line in filter(None, lines):
        weight = len(line.encode()) + _EVENT_OVERHEAD_BYTES
        if batch and (len(batch) == _BATCH_EVENTS or size + weight > _BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(line)
        size += weight
    if batch:
        yield batch
