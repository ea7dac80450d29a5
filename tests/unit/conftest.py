"""What keeps thousands of tests quick, and processes out."""

import gc
import subprocess
import sys
import threading
from functools import cache
from pathlib import Path

import botocore.session
import pytest
from hypothesis import HealthCheck, settings

from stage.smtp_server.certificate import write_certificate

# Imports make a million objects that all stay: to look for garbage among them is a third of the work.
gc.disable()

# How long an example takes is the machine's matter.
settings.register_profile("any host", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any host")

# Covered line by line, tests take twice as long: those of the services are, which ship.
_COVERED = Path(__file__).parent / "services"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    """Let coverage rest where nothing is asked of it; pausing it would take longer than many a test."""
    if item.path.is_relative_to(_COVERED):
        return (yield)
    tracer, tracer_of_threads = sys.gettrace(), threading.gettrace()
    sys.settrace(None)
    threading.settrace(None)
    try:
        return (yield)
    finally:
        threading.settrace(tracer_of_threads)
        sys.settrace(tracer)


def pytest_collection_finish():
    """From now on garbage is collected, but not looked for in what was imported."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def read_once():
    """The model of an AWS service is read once, however many sessions have a client of it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.session, "create_loader", cache(botocore.session.create_loader))
        yield


@pytest.fixture(autouse=True)
def no_process(monkeypatch):
    """A test that starts a process is no unit test, and fails."""

    def refuse(_self, arguments, *_rest):
        pytest.fail(f"a unit test started {arguments}: move the test to tests/functional")

    monkeypatch.setattr(subprocess.Popen, "_execute_child", refuse)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A file with a certificate for 127.0.0.1 and its key, which vouches for itself."""
    folder = tmp_path_factory.mktemp("certificate")
    write_certificate("127.0.0.1", folder / "server.pem", folder / "trusted.pem")
    return folder / "server.pem"
