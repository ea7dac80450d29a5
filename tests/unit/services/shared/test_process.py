import os
import signal

import pytest
import structlog
from structlog.testing import capture_logs

from shared.process import StartupError, run_until_stopped


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_tells_the_service_to_stop(number):
    """ECS's SIGTERM and a terminal's SIGINT set the event; the service ends by itself with code 0."""

    async def service(stop):
        os.kill(os.getpid(), number)
        await stop.wait()

    assert 0 == run_until_stopped(service)


def test_startup_error_is_logged_and_code_one():
    """A service that cannot start says why in one line."""

    async def service(_):
        raise StartupError("no queue")

    with capture_logs() as logs:
        assert 1 == run_until_stopped(service)

    assert [{"event": "startup_failed", "reason": "no queue", "log_level": "error"}] == logs


def test_defect_is_logged_and_code_one():
    """A defect is a line in the log, with its traceback."""
    structlog.reset_defaults()

    async def service(_):
        raise ZeroDivisionError

    with capture_logs() as logs:
        assert 1 == run_until_stopped(service)

    assert [("crashed", True)] == [(line["event"], line["exc_info"]) for line in logs]
