"""Name that one stage on this machine has at a time: the guard against a second one by mistake."""

from pathlib import Path
from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout

from stage.errors import StageError
from stage.host.interrupts import defer_signals
from stage.host.record import Access, own_record, read_record, record_path


class NamedLock:
    """Holds a name for one stage at a time; the kernel releases it when the process ends.

    As a context manager it holds the name for as long as the context lasts.

    Attributes:
        name: What the person called the stage, "default" if nothing.
    """

    def __init__(self, name: str, folder: Path | None = None) -> None:
        self.name = name
        self._folder = folder
        self._record = record_path(name, folder)
        self._lock = FileLock(self._record.with_suffix(".lock"))

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
                f"`python -m stage down --name {self.name}`, or start another with --name"
            ) from None
        self.publish(None)

    def publish(self, access: Access | None) -> None:
        """Tell other processes of the same person how the stage is reached; None while it comes up."""
        own_record(self.name, access).write(self._folder)

    def release(self) -> None:
        """Give the name back and leave no file behind."""
        self._record.unlink(missing_ok=True)
        # While it is ours: afterwards the file may be another stage's.
        Path(self._lock.lock_file).unlink(missing_ok=True)
        self._lock.release()

    def _whereabouts(self) -> str:
        record = read_record(self.name, self._folder)
        if record is None:
            return "coming up"
        return f"pid {record.pid}, {record.access.url if record.access else 'coming up'}"
