"""Ends a test that hangs, with the stack of every thread: pytest-timeout, with a limit for each layer.

A limit is for a setup with a call, and again for a teardown; the first test of a layer pays for what the
others share, an apply or an image. Limits are what the slowest test takes on a machine that is four times
slower than two cores of 2024, and twice as much; on a slower host still they are longer, as the budgets of
the waits in it are. `--timeout SECONDS` takes their place, 0 is none.
"""

import faulthandler
import os
import signal
from pathlib import Path

import pytest

from common.budget import budget

SECONDS = {
    "unit": 120,
    "properties": 900,
    "functional": 600,
    "plan": 900,
    # An apply, a plan and what comes before them, each at its own budget.
    "apply": 3600,
    "integration": 3600,
    # A stage, and a release on it.
    "workflows": 1800,
    "load": 7200,
}
"""Limit of a test by its layer: the folder below tests/ that it is in."""

_TESTS = Path(__file__).parent
_SETTINGS = pytest.StashKey()
_STDERR = pytest.StashKey[int]()
# A test that swallows what pytest-timeout raises, or never comes back to Python, is ended with its process:
# after half of its limit more, and never before any other could be told with its stacks.
_LAST_RESORT = 1.5
_TELLING_SECONDS = budget(10.0)


def seconds_for(test: Path) -> int:
    """How long a test of this file may take.

    Raises:
        KeyError: It is in no layer that has a limit: name it above.
    """
    return SECONDS[test.relative_to(_TESTS).parts[0]]


def pytest_configure(config):
    """Keep the real standard error, which tests do not see; dump all stacks there on SIGUSR1 (toxfile.py)."""
    config.stash[_STDERR] = os.dup(2)
    faulthandler.register(signal.SIGUSR1, file=config.stash[_STDERR], all_threads=True)


def pytest_unconfigure(config):
    """Let go of it."""
    faulthandler.unregister(signal.SIGUSR1)
    os.close(config.stash[_STDERR])


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    """Give each test its layer's limit, unless it has one of its own."""
    if config.option.timeout is not None:
        return
    for item in items:
        if item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(budget(seconds_for(item.path))))


@pytest.hookimpl(tryfirst=True)
def pytest_timeout_set_timer(item, settings):
    """Have the process ended by a thread of C's own, should pytest-timeout's signal not end the test."""
    item.stash[_SETTINGS] = settings
    last = max(settings.timeout * _LAST_RESORT, settings.timeout + _TELLING_SECONDS)
    faulthandler.dump_traceback_later(last, exit=True, file=item.config.stash[_STDERR])


def pytest_timeout_cancel_timer():
    """It has ended."""
    faulthandler.cancel_dump_traceback_later()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item):
    """Start anew for the teardown: any failure before it has stopped the timer for good."""
    settings = item.stash.get(_SETTINGS, None)
    if settings is not None:
        item.ihook.pytest_timeout_cancel_timer(item=item)
        item.ihook.pytest_timeout_set_timer(item=item, settings=settings)
