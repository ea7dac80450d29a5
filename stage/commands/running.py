"""A stage that is up, as another process reads and changes it, and what there is to say of it."""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
)
from rich.console import Console, RenderableType
from rich.text import Text

from stage.clock import Pace
from stage.control_plane.aws import Aws
from stage.errors import NotUpError
from stage.host.record import Access, StageRecord, find_stage

_FOLLOW_SECONDS = 0.5


@dataclass(frozen=True)
class Running:
    """A stage that is up.

    Attributes:
        record: The process that holds it up.
        access: How it is reached.
    """

    record: StageRecord
    access: Access

    @cached_property
    def aws(self) -> Aws:
        """Clients for its AWS."""
        access = self.access
        return Aws(access.endpoint_url, access.sqs_endpoint_url, access.region)

    @property
    def cluster(self) -> str:
        """Name of its ECS cluster."""
        return self.access.cluster

    def now(self) -> datetime:
        """AWS time."""
        since = datetime.fromisoformat(self.access.aws_time)
        return Pace(self.access.minute_seconds, since, self.access.aws_time_unix).at(time.time())


@contextmanager
def running(name: str) -> Iterator[Running]:
    """The stage of a name, for as long as the block lasts.

    Raises:
        NotUpError: None is up, it is still coming up, or it has gone meanwhile.
    """
    record = find_stage(name)
    if record.access is None:
        raise NotUpError(f"the stage {name!r} is still coming up (pid {record.pid}): wait until it says so")
    try:
        yield Running(record, record.access)
    except (BotoCoreError, ClientError, FileNotFoundError) as error:
        # Its AWS ends before its process does, which still has to tidy up.
        if isinstance(error, EndpointConnectionError | ConnectionClosedError) or record.process() is None:
            raise NotUpError(f"the stage {name!r} has gone") from error
        raise


class Output:
    """Standard output of a command: for a person, or for a program as JSON.

    Args:
        options: Parsed, with `json`.
    """

    def __init__(self, options: argparse.Namespace) -> None:
        self._as_json: bool = options.json
        self._console = Console(soft_wrap=True, highlight=False)

    @property
    def is_terminal(self) -> bool:
        """Whether a person sees it in a terminal, and not as JSON."""
        return self._console.is_terminal and not self._as_json

    def document(self, data: object, drawn: RenderableType, plain: str) -> None:
        """Say all that there is to say.

        Args:
            data: For a program.
            drawn: For a terminal.
            plain: For a pipe or a file: lines without boxes and colours.
        """
        if self._as_json:
            print(_json(data, indent=2), flush=True)  # noqa: T201 - the program's answer
        elif self.is_terminal:
            Console(highlight=False).print(drawn)
        else:
            print(plain, flush=True)  # noqa: T201 - as above

    def line(self, data: Mapping[str, object], text: Text) -> None:
        """Say one of several things: a line, or a JSON object on a line."""
        if self._as_json:
            print(_json(data), flush=True)  # noqa: T201 - as above
        elif self.is_terminal:
            self._console.print(text)
        else:
            print(text.plain, flush=True)  # noqa: T201 - as above

    def warn(self, message: str) -> None:
        """Say on standard error what a person should know beside the answer."""
        Console(stderr=True, soft_wrap=True, highlight=False).print(Text(f"stage: {message}", style="yellow"))


def follow(new: Callable[[], Iterable[Any]], say: Callable[[Any], None], *, forever: bool) -> None:
    """Say what there is, and with `forever` also what comes, until Ctrl-C.

    Args:
        new: All that has come since its last call.
        say: Called with each of it.
        forever: Whether to go on asking, twice a second.
    """
    while True:
        for one in new():
            say(one)
        if not forever:
            return
        sys.stdout.flush()
        time.sleep(_FOLLOW_SECONDS)


def columns(rows: Sequence[Sequence[str]]) -> str:
    """Rows as lines whose columns are as wide as their widest cells; the first row is the heading."""
    widths = [max(len(row[number]) for row in rows) for number in range(len(rows[0]))]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


def _json(data: object, indent: int | None = None) -> str:
    return json.dumps(data, indent=indent, default=_spelled, ensure_ascii=False)


def _spelled(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{value!r} has no spelling in JSON")
