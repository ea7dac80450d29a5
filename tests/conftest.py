import signal

import pytest

from tests import time_limits


def pytest_configure(config):
    """No test hangs for ever, in whichever layer."""
    config.pluginmanager.register(time_limits, "time-limits")


@pytest.fixture(scope="session", autouse=True)
def interruptible():
    """Ctrl-C works in every test, also where a shell started them in the background.

    A shell without job control has its background jobs ignore SIGINT, and children inherit that.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
