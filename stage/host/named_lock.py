"""Name that one stage on this machine has at a time: the guard against a second one by mistake."""

import json
import os
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout

from stage.errors import StageError
from stage.host.interrupts import defer_signals
from stage.host.shared_files import write_whole


class NamedLock:
    """Holds a name for one stage at a time; the kernel releases it when the process ends.

    As a context manager it holds the name for as long as the context lasts.

    Attributes:
        name: What the person called the stage, "default" if nothing.
    """

    def __init__(self, name: str, folder: Path | None = None) -> None:
        if not name.replace("-", "").isalnum():
            raise StageError(f"--name {name!r}: use letters, digits and dashes only")
        self.name = name
        base = folder or Path(tempfile.gettempdir())
        self._lock = FileLock(base / f"stage-{os.getuid()}-{name}.lock")
        self._facts = base / f"stage-{os.getuid()}-{name}.json"

    def __enter__(self) -> Self:
        """Take the name."""
        self.acquire()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give the name back."""
        with defer_signals():
            self.release()

    def acquire(self) -> None:
        """Take the name.

        Raises:
            StageError: Another stage has it; the message says where it is and how to go on.
        """
        try:
            self._lock.acquire(blocking=False)
        except Timeout:
            raise StageError(
                f"a stage named {self.name!r} is already up ({self._whereabouts()}): use it, end it with "
                "Ctrl-C in its terminal, or start another with --name"
            ) from None
        self.publish(pid=os.getpid(), url="coming up")

    def publish(self, *, pid: int, url: str) -> None:
        """Tell who asks for the same name where the stage is."""
        write_whole(self._facts, json.dumps({"pid": pid, "url": url}))

    def release(self) -> None:
        """Give the name back and leave no file behind."""
        self._facts.unlink(missing_ok=True)
        # While it is ours: afterwards the file may be another stage's.
        Path(self._lock.lock_file).unlink(missing_ok=True)
        self._lock.release()

    def _whereabouts(self) -> str:
        try:
            facts = json.loads(self._facts.read_text())
        except (OSError, ValueError):
            return "coming up"
        return f"pid {facts['pid']}, {facts['url']}"
