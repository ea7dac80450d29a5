"""Runs Locust beside the tests and tells it what load to make."""

import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from verify.errors import LoadError
from verify.locust_process import Address, LocustProcess, Role
from verify.plan import Control, LoadPlan
from verify.record import Generator, Request
from verify.request_log import REQUESTS, Merged, read_generator, together
from verify.waiting import SOON, START, START_SECONDS, reached

_LOOPBACK = "127.0.0.1"
# Locust looks once a second for what load it is to make, and needs a moment to start its users.
RATE_SECONDS = 2.0


class Drive:
    """Headless Locust, as one process or as a master with workers; a context manager that leaves none behind.

    Args:
        url: Where the Notification API answers.
        api_key: What it is called with. Locust finds it in its environment, and it is in no file.
        plan: The load, and by how many workers it is made.
        folder: Made if it is not there.
        protect: Told each Locust's process id.

    Attributes:
        folder: Where plan, control, request logs and Locust's own logs are, each process's in its own folder
            where there are several.
    """

    def __init__(
        self,
        url: str,
        api_key: str,
        plan: LoadPlan,
        folder: Path,
        protect: Callable[[int], None] = lambda _pid: None,
    ) -> None:
        self.folder = folder
        self._url = url
        self._api_key = api_key
        self._plan = plan
        self._protect = protect
        self._leader, *self._workers = _processes(plan, folder)
        self._senders = self._workers or [self._leader]
        self._requests = Merged([process.folder for process in self._senders])

    def __enter__(self) -> Self:
        """Start Locust and wait for the first answer.

        Raises:
            LoadError: It ended or stayed silent; the message carries the end of its log.
        """
        try:
            with _reserved_port() as port:
                self._start((_LOOPBACK, port))
                reached(self._answered_or_over, START_SECONDS, every=0.1, fit_host=True)
            self._require_all()
            self._require_an_answer()
        except BaseException:
            self._kill()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End Locust, whatever it is doing."""
        self._kill()

    @property
    def pid(self) -> int:
        """Locust's process id; the master's where there are workers."""
        return self._leader.pid

    @property
    def pids(self) -> Sequence[int]:
        """Process ids of all of Locust, the master's first."""
        return [process.pid for process in self._all]

    def set_rate(self, requests_per_second: float) -> float:
        """Change the load within `RATE_SECONDS`; returns the real instant of the change.

        Raises:
            LoadError: A process of Locust has ended, so the load is another than the one planned.
        """
        self._require_all()
        Control(requests_per_second=requests_per_second).write(self._leader.folder)
        return time.time()

    def end(self) -> Generator:
        """Let every request finish, then let Locust leave.

        Raises:
            LoadError: A process did not leave by itself, so what was still open is unknown.
        """
        Control(ended=True).write(self._leader.folder)
        deadline = time.monotonic() + 2 * self._plan.stop_seconds + SOON
        left = {process: _left(process, deadline) for process in self._all}
        return together([left[process] for process in self._senders])

    def requests(self) -> Sequence[Request]:
        """Requests that have ended until now, in the order of their ends."""
        return self._requests.all()

    @property
    def _all(self) -> Sequence[LocustProcess]:
        return [self._leader, *self._workers]

    def _start(self, master: Address) -> None:
        leads: Role = "master" if self._plan.distributed else "alone"
        for process in self._all:
            role: Role = leads if process is self._leader else "worker"
            self._protect(process.start(self._url, self._api_key, role, master))

    def _require_all(self) -> None:
        for process in self._all:
            if not process.running:
                raise LoadError(f"{process.name} ended before its time: {process.log_end()}")

    def _require_an_answer(self) -> None:
        if not self._answered():
            raise LoadError(f"no request was answered in {START:.0f} s: {self._leader.log_end()}")

    def _answered(self) -> bool:
        logs = [process.folder / REQUESTS for process in self._senders]
        return any(log.exists() and log.stat().st_size > 0 for log in logs)

    def _answered_or_over(self) -> bool:
        return self._answered() or not all(process.running for process in self._all)

    def _kill(self) -> None:
        # All are asked before one is waited for; workers first, or they would ask for their master.
        for process in reversed(self._all):
            process.terminate()
        for process in reversed(self._all):
            process.kill()


def _processes(plan: LoadPlan, folder: Path) -> list[LocustProcess]:
    """The one that leads, then its workers, each of which writes into a folder of its own."""
    if not plan.distributed:
        return [LocustProcess("Locust", folder, plan)]
    master = LocustProcess("Locust's master", folder / "master", plan)
    workers = range(1, plan.workers + 1)
    return [
        master,
        *(LocustProcess(f"Locust's worker {n}", folder / f"worker-{n}", plan) for n in workers),
    ]


def _left(process: LocustProcess, deadline: float) -> Generator:
    """Statistics that a process has written on its way out, for which it has until `deadline`."""
    try:
        if process.wait(deadline - time.monotonic()):
            return read_generator(process.folder)
    except FileNotFoundError:
        pass
    raise LoadError(f"{process.name} did not end by itself: {process.log_end()}")


@contextmanager
def _reserved_port() -> Iterator[int]:
    """A port that nobody else is given, and on which a process that is told of it can listen all the same.

    The kernel allows that where both sockets let their address be used again and one of them does not listen.
    """
    with closing(socket.socket()) as reserved:
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        reserved.bind((_LOOPBACK, 0))
        yield reserved.getsockname()[1]
