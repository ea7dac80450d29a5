import io
import json
import logging

import pytest
import structlog

from shared.logs import configure_logs


@pytest.fixture
def lines():
    """Configure logs into a buffer; what was there before comes back afterwards."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    stream = io.StringIO()
    configure_logs(service="email-sender", environment="staging", level="INFO", stream=stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def test_one_json_line_an_event(lines):
    """An event is one JSON object with level, time, service and environment."""
    structlog.get_logger().info("serving", address="127.0.0.1:80")

    [line] = lines()
    assert "serving" == line["event"]
    assert "127.0.0.1:80" == line["address"]
    assert ("info", "email-sender", "staging") == (line["level"], line["service"], line["environment"])
    assert line["timestamp"].endswith("Z")


def test_levels_below_are_silent(lines):
    """What is less than the level is not written."""
    structlog.get_logger().debug("detail")

    assert [] == lines()


def test_traceback_stays_in_its_line(lines):
    """An exception is part of the event's one line, with its type and the place in the code."""
    try:
        int("broken")
    except ValueError:
        structlog.get_logger().exception("crashed")

    [line] = lines()
    assert line["exception"].endswith("ValueError")
    assert 'int("broken")' in line["exception"]


@pytest.mark.parametrize("logger_of", [structlog.get_logger, logging.getLogger])
def test_no_exception_quotes_a_mail(lines, logger_of):
    """Neither its text, nor that of its cause, nor a note gets into a line: they may be somebody's mail."""
    cause = ValueError("to ada@example.com")
    cause.add_note("Dear Ada")
    try:
        raise RuntimeError("ada@example.com") from cause  # noqa: TRY301 - its traceback is looked at
    except RuntimeError:
        logger_of("any").exception("crashed")

    [line] = lines()
    kinds = [each for each in line["exception"].splitlines() if not each.startswith(" ")]
    assert ["ValueError", "", "which led to", "", "RuntimeError"] == kinds


def test_an_exception_that_caused_itself_is_told_once(lines):
    """`raise error from error` makes a circle, and no log line may go round in it."""
    error = ValueError("ada@example.com")
    error.__cause__ = error
    structlog.get_logger().error("crashed", exc_info=error)

    [line] = lines()
    assert "ValueError" == line["exception"]


def test_each_member_of_a_group_is_told(lines):
    """A task group's own type says nothing of what went wrong in its tasks."""
    group = ExceptionGroup("of ada@example.com", [ValueError("ada"), KeyError("ada")])
    structlog.get_logger().error("crashed", exc_info=group)

    [line] = lines()
    kinds = [each for each in line["exception"].splitlines() if each.endswith(("Error", "Group"))]
    assert ["ValueError", "KeyError", "ExceptionGroup"] == kinds


def test_what_the_operating_system_says_is_written(lines, tmp_path):
    """It names no mail, and without it a network's error is a riddle."""
    try:
        (tmp_path / "gone").read_text()
    except OSError:
        structlog.get_logger().exception("crashed")

    [line] = lines()
    assert line["exception"].endswith("FileNotFoundError: No such file or directory")


def test_library_records_become_json(lines):
    """A library's warning is a line like any other; its chatter is not written."""
    logging.getLogger("uvicorn.error").info("Started server process")
    logging.getLogger("uvicorn.error").warning("Invalid HTTP request received.")

    [line] = lines()
    assert "Invalid HTTP request received." == line["event"]
    assert "uvicorn.error" == line["logger"]
    assert "email-sender" == line["service"]
