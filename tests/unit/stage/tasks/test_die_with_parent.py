import os
import subprocess
import sys
from pathlib import Path

from stage.tasks import die_with_parent


def launched(parent):
    """What the launcher does with a command, when told that this is its parent."""
    script = Path(die_with_parent.__file__)
    command = [sys.executable, "-I", "-S", script, str(parent), sys.executable, "-c", "print('ran')"]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)


def test_it_becomes_the_command():
    """Nothing of the launcher is left: output and exit code are the command's."""
    done = launched(os.getpid())

    assert (done.stdout, done.stderr, done.returncode) == ("ran\n", "", 0)


def test_an_orphan_runs_nothing():
    """A parent that went before the kernel was told would never be missed."""
    done = launched(os.getppid())

    assert (done.stdout, done.returncode) == ("", 1)
