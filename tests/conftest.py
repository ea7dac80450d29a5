import signal

import pytest

from tests import time_limits

# Of a parameter in a test's name: a line of a terminal has room for two.
_MAX_CHARACTERS = 60


def pytest_configure(config):
    """No test hangs for ever, in whichever layer."""
    config.pluginmanager.register(time_limits, "time-limits")


def pytest_make_parametrize_id(val):
    """Name a long parameter by its beginning and its length.

    The name goes through every report, from worker to controller, and into the environment of each phase.
    """
    if isinstance(val, str | bytes) and len(val) > _MAX_CHARACTERS:
        return f"{ascii(val[:_MAX_CHARACTERS])[:_MAX_CHARACTERS]}...{len(val)}"
    return None


@pytest.fixture(scope="session", autouse=True)
def interruptible():
    """Ctrl-C works in every test, also where a shell started them in the background.

    A shell without job control has its background jobs ignore SIGINT, and children inherit that.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
