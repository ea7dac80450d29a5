import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.waiting import eventually
from verify.process_clocks import read_clocks

_BUSY = """
import os
os.fork()
while True:
    pass
"""


@pytest.fixture
def busy():
    """A process in a session of its own that starts another; both use all the CPU that they get."""
    process = subprocess.Popen([sys.executable, "-c", _BUSY], start_new_session=True)
    yield process.pid
    os.killpg(process.pid, 9)
    process.wait()


def task(**changes):
    """A task as the agent shows it."""
    return SimpleNamespace(
        **{"task_arn": "task/1", "service": "api", "pid": os.getpid(), "limited": True} | changes
    )


def read(pid):
    """Reading of a task's clocks; None while there is none."""
    return next(iter(read_clocks([task(pid=pid)], {"api": 0.2})), None)


def of_its_own(pid):
    """CPU seconds of the first process alone, by the kernel's statistics."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_all_of_a_tasks_processes_count(busy):
    """Whoever starts another process cannot hide work in it."""
    eventually(lambda: of_its_own(busy) > 0.3 and read(busy).seconds > 1.3 * of_its_own(busy))

    assert ("api", "task/1", 0.2) == (read(busy).service, read(busy).task_arn, read(busy).allowed)


@pytest.mark.parametrize("changes", [{"limited": False}, {"service": ""}, {"pid": 2**22 + 1}])
def test_what_cannot_be_held_against_a_quota_is_left_out(changes):
    """It is starting, belongs to no service, or has ended."""
    assert [] == read_clocks([task(**changes)], {"api": 0.2})
