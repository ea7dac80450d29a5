"""One process of Locust: alone, as the master or as one of its workers."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from verify.plan import LoadPlan
from verify.request_log import GENERATOR
from verify.waiting import SOON

ROOT = Path(__file__).resolve().parents[1]
_LOCUSTFILE = ROOT / "tests" / "load" / "locustfile.py"
_LOG = "locust.log"
_LOG_LINES_SHOWN = 5

# Locust's own (https://docs.locust.io/en/stable/configuration.html, master-port).
MASTER_PORT = 5557

Role = Literal["alone", "master", "worker"]
Address = tuple[str, int]


class LocustProcess:
    """A Locust that runs until it is told to end, or is ended.

    Args:
        name: What a message calls it.
        folder: Where its plan, control, request log and Locust's own log are; made if it is not there.
        plan: The load.

    Attributes:
        name: What a message calls it.
        folder: Its folder.
    """

    def __init__(self, name: str, folder: Path, plan: LoadPlan) -> None:
        self.name = name
        self.folder = folder
        self._plan = plan
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, url: str, api_key: str, role: Role, master: Address) -> int:
        """Start it; returns its process id.

        Args:
            url: Where the Notification API answers.
            api_key: What it is called with. Locust finds it in its environment, and it is in no file.
            role: What it is among the processes of its run.
            master: Where the master listens; of no matter to one that is alone.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        self._plan.write(self.folder)
        command = [*self._command(url), *_role(role, master, self._plan.workers)]
        with (self.folder / _LOG).open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                command, env=self._environment(api_key), cwd=ROOT, stdout=log, stderr=log
            )
        return self._process.pid

    @property
    def pid(self) -> int:
        """Its process id; 0 if it was never started."""
        return 0 if self._process is None else self._process.pid

    @property
    def running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def wait(self, seconds: float) -> bool:
        """Whether it has ended within so many real seconds."""
        try:
            if self._process is not None:
                self._process.wait(timeout=max(0.0, seconds))
        except subprocess.TimeoutExpired:
            return False
        return True

    def terminate(self) -> None:
        """Ask it to end, if it runs."""
        if self._process is not None and self.running:
            self._process.terminate()

    def kill(self) -> None:
        """End it, whatever it is doing; it was asked before, and gets a moment for that."""
        if not self.wait(SOON) and self._process is not None:
            self._process.kill()
            self._process.wait()

    @property
    def left(self) -> bool:
        """Whether it has left in order, with all that it had to write down written."""
        return not self.running and (self.folder / GENERATOR).exists()

    def log_end(self) -> str:
        """The last lines that it has logged."""
        lines = (self.folder / _LOG).read_text(errors="replace").strip().splitlines()
        return " / ".join(lines[-_LOG_LINES_SHOWN:]) or "its log is empty"

    def _command(self, url: str) -> list[str]:
        return [
            *(sys.executable, "-m", "locust", "--locustfile", str(_LOCUSTFILE)),
            *("--headless", "--only-summary", "--skip-log-setup"),
            *("--host", url.rstrip("/"), "--stop-timeout", str(self._plan.stop_seconds)),
        ]

    def _environment(self, api_key: str) -> dict[str, str]:
        """Environment of Locust, without the caller's proxies: they would be a second load balancer."""
        kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
        return kept | {
            "PYTHONPATH": str(ROOT),
            "LOAD_FOLDER": str(self.folder.resolve()),
            "LOAD_API_KEY": api_key,
            "LOAD_PARENT": str(os.getpid()),
        }


def _role(role: Role, master: Address, workers: int) -> Sequence[str]:
    host, port = master
    match role:
        case "master":
            bound = ("--master-bind-host", host, "--master-bind-port", str(port))
            return ("--master", *bound, "--expect-workers", str(workers))
        case "worker":
            return ("--worker", "--master-host", host, "--master-port", str(port))
        case _:
            return ()
