"""Has a process end when the one that started it ends, however that happens.

A program of our own calls `die_with`. Any other program is started through this file as a script, which
becomes it: `launcher` gives the words to put before its command. The script starts in about 20 ms and
leaves nothing of itself behind; the alternative, code between fork and exec in the stage itself, is unsafe
in a process with threads.

The kernel keeps this promise to the *thread* that forked: start such processes from one that stays. Only
Linux has it; elsewhere a parent that is killed leaves its children behind.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1  # https://man7.org/linux/man-pages/man2/PR_SET_PDEATHSIG.2const.html


def die_with(parent: int) -> None:
    """Have the kernel kill this process when the one that started it ends.

    Args:
        parent: Process id of the one that started it. If that has gone already, this process ends now.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    # The parent may have gone before the line above; then the signal never comes.
    if os.getppid() != parent:
        sys.exit(1)


def launcher() -> list[str]:
    """Prefix for a command, its executable named by absolute path, that makes it die with us."""
    # Neither the environment nor the site's packages have a say in how it starts.
    return [sys.executable, "-I", "-S", __file__, str(os.getpid())]


def become(parent: int, command: list[str]) -> None:
    """Replace this process by a command that dies with the process that asked for it.

    Args:
        parent: Process id of who asked for it.
        command: Absolute path of the executable, then its arguments.
    """
    # What the stage ignores, a task must not: a container starts with default dispositions.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    die_with(parent)
    os.execv(command[0], command)  # noqa: S606 - a shell would stand between the task and its signals


if __name__ == "__main__":
    become(int(sys.argv[1]), sys.argv[2:])
