import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from common import die_with_parent
from tests.waiting import START, eventually

ROOT = Path(__file__).resolve().parents[3]
SAYS_ITS_PID_AND_STAYS = "import os, signal; print(os.getpid(), flush=True); signal.pause()"

# Starts a child that dies with it, then waits for its own end.
LAUNCHES = f"""
import signal, subprocess, sys
from common.die_with_parent import launcher
subprocess.Popen([*launcher(), sys.executable, "-c", {SAYS_ITS_PID_AND_STAYS!r}])
signal.pause()
"""
CALLS = f"""
import os, signal, subprocess, sys
child = "import sys; from common.die_with_parent import die_with; die_with(int(sys.argv[1]));"
subprocess.Popen([sys.executable, "-c", child + {SAYS_ITS_PID_AND_STAYS!r}, str(os.getpid())])
signal.pause()
"""


def launched(parent):
    """What the script does with a command, when told that this is its parent."""
    script = [*die_with_parent.launcher()[:-1], str(parent)]
    command = [*script, sys.executable, "-c", "print('ran')"]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=START)


def test_it_becomes_the_command():
    """Nothing of the launcher is left: output and exit code are the command's."""
    done = launched(os.getpid())

    assert ("ran\n", "", 0) == (done.stdout, done.stderr, done.returncode)


def test_an_orphan_runs_nothing():
    """A parent that went before the kernel was told would never be missed."""
    done = launched(os.getppid())

    assert ("", 1) == (done.stdout, done.returncode)


def test_a_command_gets_back_the_signals_that_the_parent_ignores():
    """A container starts with default dispositions, so SIGTERM ends it."""
    asks = "import signal; print(signal.getsignal(signal.SIGTERM) == signal.SIG_DFL)"
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        command = [*die_with_parent.launcher(), sys.executable, "-c", asks]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=START)
    finally:
        signal.signal(signal.SIGTERM, before)

    assert "True\n" == done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux signals the death of a parent")
@pytest.mark.parametrize("program", [LAUNCHES, CALLS], ids=["launcher", "die_with"])
def test_a_killed_parent_takes_its_child_along(program):
    """Even SIGKILL for the stage leaves nothing behind."""
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as parent:
        child = int(parent.stdout.readline())
        assert lives(child)
        parent.kill()
        parent.wait()

    eventually(lambda: not lives(child), START)


def lives(pid):
    """Whether a process is there and more than a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
