"""Processes that are measured, or that those need; none outlives the benchmark."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

from common.die_with_parent import launcher
from stage.cpu.usage import process_cpu_seconds
from tests.bench.errors import BenchError
from tests.waiting import SOON, START, reached

REPOSITORY = Path(__file__).resolve().parents[2]
# Looking costs CPU as well, on cores that what is measured needs.
_LOOK_SECONDS = 0.05
_TAIL = 2000


@dataclass(frozen=True)
class Child:
    """A running process.

    Attributes:
        name: What it is called in messages.
        process: The process.
        log: What it writes to standard output and standard error.
    """

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def cpu_seconds(self) -> float:
        """CPU that it and its children have spent since they started.

        Raises:
            BenchError: It has ended.
        """
        try:
            return process_cpu_seconds(self.process.pid)
        except ProcessLookupError:
            raise self.failed("has ended") from None

    def wait_until(self, what: str, happened: Callable[[], bool], seconds: float = START) -> None:
        """Wait for something that this process has to bring about.

        Raises:
            BenchError: It ended, or did not do it in time.
        """

        def settled() -> bool:
            return happened() or self.process.poll() is not None

        if not reached(settled, seconds, _LOOK_SECONDS):
            raise self.failed(f"took more than {seconds:.0f} s until {what}")
        if self.process.poll() is not None and not happened():
            raise self.failed(f"ended with code {self.process.returncode} before {what}")

    def failed(self, what: str) -> BenchError:
        """An error that shows what the process said last."""
        said = self.log.read_text(errors="replace")[-_TAIL:].strip()
        return BenchError(f"{self.name} {what}; it said: {said or 'nothing'}")


@contextmanager
def child(
    name: str, command: list[str], environment: Mapping[str, str], folder: Path, *, stdin: object = None
) -> Iterator[Child]:
    """Run `python COMMAND` for as long as the block lasts.

    Args:
        name: What it is called.
        command: Arguments of Python.
        environment: All that it gets beside where its modules are.
        folder: For its log.
        stdin: Given to it as JSON; nothing if None.
    """
    log = folder / f"{name.replace(' ', '-')}.log"
    given = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{REPOSITORY}{os.pathsep}{REPOSITORY / 'services'}",
        "PYTHONDONTWRITEBYTECODE": "1",
        **environment,
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*launcher(), sys.executable, *command],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=given,
            # Ctrl-C in the terminal is the benchmark's to handle.
            start_new_session=True,
        )
    assert process.stdin is not None
    try:
        process.stdin.write(b"" if stdin is None else json.dumps(stdin).encode())
        process.stdin.close()
        yield Child(name, process, log)
    finally:
        process.terminate()
        try:
            process.wait(SOON)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def program(
    name: str, command: list[str], folder: Path, *, stdin: object = None
) -> Iterator[tuple[Child, int]]:
    """Run a program that says `ready PORT`, and that port."""
    with child(name, command, {}, folder, stdin=stdin) as running:
        running.wait_until("it was ready", lambda: running.log.read_bytes().startswith(b"ready "))
        running.wait_until("it said where", lambda: b"\n" in running.log.read_bytes())
        yield running, int(running.log.read_text().split()[1])


@contextmanager
def server(
    name: str, command: list[str], environment: Mapping[str, str], folder: Path
) -> Iterator[tuple[Child, int]]:
    """Run an HTTP server that takes its port from `PORT` and answers `/readyz`, and that port."""
    port = free_port()
    with child(name, command, {**environment, "PORT": str(port)}, folder) as running:
        running.wait_until("it was ready", lambda: _is_ready(port))
        yield running, port


def free_port() -> int:
    """A port of the loopback that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


def _is_ready(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=SOON) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
