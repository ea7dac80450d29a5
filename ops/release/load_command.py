"""Runs a command that makes load while a candidate is baked, where there are no users to make any."""

import os
import shlex
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from botocore.exceptions import BotoCoreError, ClientError

from ops.errors import UsageError
from ops.exit_status import ExitStatus

# What it writes lies there; the answer has its last lines.
_SHOWN_LINES = 3
_END_SECONDS = 30.0


class LoadCommand:
    """Runs a command, and again when it is done, until the bake is over; a context manager.

    Args:
        command: As in a shell, of which it gets none: words, quoted where they have spaces.
        log: File that takes what it writes.
        credentials: Environment variables that each run gets beside those of this process, asked for as it
            begins.

    Raises:
        UsageError: It is no command.
    """

    status = ExitStatus.ROLLED_BACK_STEP

    def __init__(self, command: str, log: Path, credentials: Callable[[], Mapping[str, str]] = dict) -> None:
        self._words = words(command)
        self._log = log
        self._credentials = credentials
        self._lock = threading.Lock()
        self._over = False
        self._child: subprocess.Popen[bytes] | None = None
        self._against: list[str] = []
        self._thread = threading.Thread(target=self._run, name="load-command", daemon=True)

    def __enter__(self) -> Self:
        """Begin with the first run."""
        self._log.write_bytes(b"")
        self._begin()
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it, if nobody has waited for it."""
        with self._lock:
            self._over = True
            child = self._child
        if self._thread.is_alive() and child is not None:
            # Its children, too, which make the load.
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGTERM)
        self._thread.join(_END_SECONDS)
        if self._thread.is_alive() and child is not None:
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            self._thread.join()

    def against(self) -> list[str]:
        """Reasons against the candidate, once the run is done that is under way."""
        with self._lock:
            self._over = True
        self._thread.join()
        return self._against

    def remarks(self) -> list[str]:
        """Nothing that the reasons do not say."""
        return []

    def _run(self) -> None:
        while self._child is not None and not self._against:
            status = self._child.wait()
            if status:
                command = shlex.join(self._words)
                told = f"the load failed: {command} ended with status {status}: {self._last()}"
                self._against.append(told)
            with self._lock:
                if self._over:
                    return
                self._begin()

    def _begin(self) -> None:
        """Begin with one more run, if none has failed."""
        if self._against:
            return
        try:
            with self._log.open("ab") as log:
                self._child = subprocess.Popen(  # noqa: S603 - the operator's own command
                    self._words,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    env=os.environ | self._credentials(),
                    start_new_session=True,
                )
        except OSError as error:
            self._against.append(f"the load failed: {self._words[0]} cannot be run: {error.strerror}")
        except (ClientError, BotoCoreError) as error:
            self._against.append(f"the load failed: its role cannot be taken: {error}")

    def _last(self) -> str:
        lines = [line.strip() for line in self._log.read_text("utf-8", errors="replace").splitlines()]
        return "; ".join([line for line in lines if line][-_SHOWN_LINES:])


def words(command: str) -> list[str]:
    """Words of a command line.

    Raises:
        UsageError: There are none, or a quote is left open.
    """
    try:
        found = shlex.split(command)
    except ValueError as error:
        raise UsageError(f"--load {command}: {error}") from None
    if not found:
        raise UsageError("--load: give a command, such as 'tox run -e load -- --target=aws'")
    return found
