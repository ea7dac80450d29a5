"""The Envoy process."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from stage.errors import StageError
from stage.load_balancer.envoy import Envoy
from stage.load_balancer.model import RequestCounts
from tests.waiting import SOON


@pytest.fixture
def envoy(tmp_path, block):
    """An Envoy that is not started yet."""
    envoy = Envoy(tmp_path / "envoy", block.gateway)
    yield envoy
    envoy.stop()


def test_it_is_ready_after_start_and_gone_after_stop(envoy):
    """Its admin interface answers on an address of its own choice."""
    envoy.start()
    pid = envoy.pid
    assert envoy.admin.ready()
    assert {} == envoy.admin.endpoints()
    envoy.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_the_thread_that_routes_answers_for_itself(envoy):
    """Whoever waits for it can; nothing of that is counted as a request to the load balancer."""
    envoy.start()
    envoy.admin.pass_through_worker()
    envoy.admin.pass_through_worker()
    assert RequestCounts() == envoy.admin.request_counts(None)
    assert envoy.running
    envoy.stop()
    assert not envoy.running
    with pytest.raises(OSError, match="refused"):
        envoy.admin.pass_through_worker()


def test_a_start_that_fails_names_the_log(tmp_path):
    """An address that is not ours cannot be bound; why is in the log."""
    envoy = Envoy(tmp_path, "192.0.2.1")
    with pytest.raises(StageError, match=rf"Envoy ended with status \d+: see {tmp_path}/envoy.log"):
        envoy.start()
    assert "192.0.2.1" in (tmp_path / "envoy.log").read_text()


def test_it_dies_with_a_parent_that_is_killed(tmp_path, block, until):
    """Even SIGKILL for the stage leaves no Envoy behind."""
    program = (
        "import sys, signal; from pathlib import Path; from stage.load_balancer.envoy import Envoy;"
        "e = Envoy(Path(sys.argv[1]), sys.argv[2]); e.start(); print(e.pid, flush=True); signal.pause()"
    )
    root = Path(__file__).parents[4]
    with subprocess.Popen(
        [sys.executable, "-c", program, tmp_path, block.gateway], cwd=root, stdout=subprocess.PIPE
    ) as parent:
        pid = int(parent.stdout.readline())
        os.kill(pid, 0)
        parent.send_signal(signal.SIGKILL)
        parent.wait(SOON)
    until(lambda: not _lives(pid))


def _lives(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
