"""Structured logs: one JSON object a line on standard output."""

import logging
import sys
import traceback
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any, TextIO

import structlog
from pydantic_core import to_json
from structlog.typing import Processor


def _places(exc_info: tuple[type[BaseException], BaseException, TracebackType | None]) -> str:
    """The traceback of an exception and of its causes, with the type of each and not its text.

    Whoever raises an exception likes to quote what it was about, and here that is somebody's mail. What the
    operating system says quotes nobody.
    """
    return "".join(_sections(exc_info[1], set())).rstrip()


def _sections(error: BaseException, told: set[int]) -> Iterator[str]:
    """Sections of an error after those of what led to it; each is told once, for causes may be circular.

    Args:
        error: The error; one that is a group tells its members too.
        told: Identities of the errors that have been told.
    """
    told.add(id(error))
    members = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    for earlier in (*members, *([cause] if cause is not None else [])):
        if id(earlier) not in told:
            yield from _sections(earlier, told)
            yield "\nwhich led to\n\n"
    yield from traceback.format_tb(error.__traceback__)
    text = f": {error.strerror}" if isinstance(error, OSError) and error.strerror else ""
    yield f"{type(error).__qualname__}{text}\n"


_SHARED: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.ExceptionRenderer(_places),
)


def configure_logs(*, service: str, environment: str, level: str, stream: TextIO | None = None) -> None:
    """Send structlog's events and the libraries' log records to one stream of JSON lines.

    Args:
        service: Value of `service` in every line.
        environment: Value of `environment` in every line.
        level: Minimum level that is written, e.g. "INFO".
        stream: Where to; standard output if not given.
    """
    out = stream or sys.stdout
    number = logging.getLevelNamesMapping()[level]
    structlog.configure(
        processors=[*_SHARED, structlog.processors.JSONRenderer(serializer=_json)],
        # Levels below the threshold become empty functions: a debug call costs next to nothing.
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(out),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(service=service, environment=environment)
    _bridge_standard_library(number, out)


def _json(event: Mapping[str, Any], **_: object) -> str:
    """A log line as JSON, in a quarter of the time that the standard library takes for it."""
    return to_json(event, fallback=repr).decode()


def _bridge_standard_library(level: int, stream: TextIO) -> None:
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*_SHARED, structlog.stdlib.add_logger_name],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(serializer=_json),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    # Libraries speak only when something is wrong: uvicorn alone would add four lines a start.
    root.setLevel(max(level, logging.WARNING))
