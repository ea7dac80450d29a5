"""Runs Locust beside the tests and tells it what load to make."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from verify.errors import LoadError
from verify.plan import Control, LoadPlan
from verify.request_log import REQUESTS, read_generator, requests_in
from verify.timeline import Generator, Request
from verify.waiting import SOON, START, START_SECONDS, reached

_ROOT = Path(__file__).resolve().parents[1]
_LOCUSTFILE = _ROOT / "tests" / "load" / "locustfile.py"
# Locust looks once a second for what load it is to make, and needs a moment to start its users.
RATE_SECONDS = 2.0
_LOG_LINES_SHOWN = 5


class Drive:
    """One headless Locust process; a context manager that never leaves it behind.

    Args:
        url: Where the Notification API answers.
        api_key: What it is called with. Locust finds it in its environment, and it is in no file.
        plan: The load.
        folder: Made if it is not there.
        protect: Told Locust's process id.

    Attributes:
        folder: Where plan, control, request log and Locust's own log are.
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
        self._requests = requests_in(folder)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start Locust and wait for the first answer.

        Raises:
            LoadError: It ended or stayed silent; the message carries the end of its log.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        self._plan.write(self.folder)
        with (self.folder / "locust.log").open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                self._command(), env=self._environment(), cwd=_ROOT, stdout=log, stderr=log
            )
        try:
            self._protect(self._process.pid)
            self._wait_for_an_answer()
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
        """Locust's process id."""
        return self._running.pid

    def set_rate(self, requests_per_second: float) -> float:
        """Change the load within `RATE_SECONDS`; returns the real instant of the change."""
        if self._running.poll() is not None:
            raise LoadError(f"Locust ended before its time: {self._log_end()}")
        Control(requests_per_second=requests_per_second).write(self.folder)
        return time.time()

    def end(self) -> Generator:
        """Let every request finish, then let Locust leave.

        Raises:
            LoadError: It did not leave by itself, so what was still open is unknown.
        """
        Control(ended=True).write(self.folder)
        try:
            self._running.wait(timeout=2 * self._plan.stop_seconds + SOON)
            return read_generator(self.folder)
        except (subprocess.TimeoutExpired, FileNotFoundError):
            raise LoadError(f"Locust did not end by itself: {self._log_end()}") from None

    def requests(self) -> Sequence[Request]:
        """Requests that have ended until now."""
        return self._requests.all()

    @property
    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is None:
            raise LoadError("Locust was not started: use the drive as a context manager")
        return self._process

    def _command(self) -> list[str]:
        return [
            *(sys.executable, "-m", "locust", "--locustfile", str(_LOCUSTFILE)),
            *("--headless", "--only-summary", "--skip-log-setup"),
            *("--host", self._url.rstrip("/"), "--stop-timeout", str(self._plan.stop_seconds)),
        ]

    def _environment(self) -> dict[str, str]:
        """Environment of Locust, without the caller's proxies: they would be a second load balancer."""
        kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
        return kept | {
            "PYTHONPATH": str(_ROOT),
            "LOAD_FOLDER": str(self.folder.resolve()),
            "LOAD_API_KEY": self._api_key,
        }

    def _wait_for_an_answer(self) -> None:
        reached(self._answered_or_over, START_SECONDS, every=0.1, fit_host=True)
        if not self._answered():
            raise LoadError(f"no request was answered in {START:.0f} s: {self._log_end()}")

    def _answered(self) -> bool:
        log = self.folder / REQUESTS
        return log.exists() and log.stat().st_size > 0

    def _answered_or_over(self) -> bool:
        return self._answered() or self._running.poll() is not None

    def _kill(self) -> None:
        process = self._running
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(timeout=SOON)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _log_end(self) -> str:
        lines = (self.folder / "locust.log").read_text(errors="replace").strip().splitlines()
        return " / ".join(lines[-_LOG_LINES_SHOWN:]) or "its log is empty"
