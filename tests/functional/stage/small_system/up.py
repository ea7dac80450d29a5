"""`python -m stage up` as a person runs it."""

import fcntl
import os
import pty
import signal
import subprocess
import sys
import termios
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.functional.stage.small_system.traces import SERVICES, TERRAFORM
from tests.waiting import LONG, START, eventually

ROOT = Path(__file__).resolve().parents[4]
SMALL = ("--terraform", str(TERRAFORM), "--services", str(SERVICES))

# Takes the terminal that its standard input is, so that Ctrl-C typed there reaches it.
_WITH_TERMINAL = (
    "import fcntl, os, sys, termios\n"
    "fcntl.ioctl(0, termios.TIOCSCTTY, 0)\n"
    "os.execv(sys.argv[1], sys.argv[1:])\n"
)
_COLUMNS = 100
_LOCAL_MODES = 3
_BETWEEN_KEYS_SECONDS = 0.01
CTRL_C = b"\x03"


@dataclass(frozen=True)
class Ended:
    """A run that has ended: its process id, its exit status, what it wrote."""

    pid: int
    status: int
    stdout: str
    stderr: list[str]


def run(folder, *arguments, environment=(), before=()):
    """Run the command line on the small system until it refuses.

    Args:
        folder: Its folder for temporary files.
        arguments: After `up`.
        environment: Further environment variables.
        before: Words to put before the command.
    """
    with subprocess.Popen(
        [*before, sys.executable, "-m", "stage", "up", *SMALL, *_fresh(folder), *arguments],
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(folder)} | dict(environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        said, complained = process.communicate(timeout=START)
    return Ended(process.pid, process.returncode, said, complained.splitlines())


class Up:
    """A stage of the small system on a terminal of its own.

    Args:
        folder: Its folder for temporary files.
        arguments: After `up`.
    """

    def __init__(self, folder, *arguments):
        self.folder = folder
        self._ours, its = pty.openpty()
        fcntl.ioctl(its, termios.TIOCSWINSZ, _window(40, _COLUMNS))
        _keep_output(its)
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-c", _WITH_TERMINAL),
                *(sys.executable, "-m", "stage", "up", *SMALL, *_fresh(folder), *arguments),
            ],
            cwd=ROOT,
            env=os.environ | {"TMPDIR": str(folder), "TERM": "xterm-256color"},
            stdin=its,
            stdout=its,
            stderr=its,
            start_new_session=True,
        )
        os.close(its)
        self.pid = self._process.pid
        self._said = b""
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    @property
    def said(self):
        """All that was written to the terminal."""
        return self._said.decode(errors="replace")

    def wait_for(self, text):
        """Wait until a text was written to the terminal."""
        eventually(lambda: text in self.said or self._process.poll() is not None, LONG)
        assert text in self.said

    def type(self, keys):
        """Press keys."""
        os.write(self._ours, keys)

    def terminate(self):
        """Send SIGTERM."""
        os.kill(self.pid, signal.SIGTERM)

    def ended(self, pressing=b""):
        """The exit status, once it has one.

        Args:
            pressing: Keys that are pressed again and again meanwhile.
        """

        def gone():
            # The terminal may go while the keys are pressed.
            with suppress(OSError):
                self.type(pressing)
            return self._process.poll() is not None

        eventually(gone, LONG, every=_BETWEEN_KEYS_SECONDS)
        self._reader.join()
        return self._process.returncode

    def close(self):
        """End it however it stands."""
        self._process.terminate()
        try:
            self._process.wait(LONG)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join()
        os.close(self._ours)

    def _read(self):
        while True:
            try:
                chunk = os.read(self._ours, 65536)
            except OSError:
                # The other end is closed by all that had it.
                return
            if not chunk:
                return
            self._said += chunk


def _fresh(folder):
    """Applied for real, and kept where neither other tests nor a person look."""
    return "--fresh", "--kept-states", str(folder.with_name(f"{folder.name}-kept"))


def _keep_output(terminal):
    """Have Ctrl-C throw nothing away that was written and not yet read (NOFLSH of termios(3))."""
    modes = termios.tcgetattr(terminal)
    modes[_LOCAL_MODES] |= termios.NOFLSH
    termios.tcsetattr(terminal, termios.TCSANOW, modes)


def _window(rows, columns):
    return b"".join(number.to_bytes(2, sys.byteorder) for number in (rows, columns, 0, 0))
