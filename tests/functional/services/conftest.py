import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.unit.services.conftest import aws_environment, dead_letter_queue, moto_url, queue, sqs_api
from tests.waiting import LONG, START

__all__ = ["aws_environment", "dead_letter_queue", "moto_url", "queue", "sqs_api"]

SERVICES = Path(__file__).parents[3] / "services"


class HeldSqs:
    """An SQS that confirms a batch, or ends a long poll, only when it is told to."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.go_on = threading.Event()
        self.bodies: list[dict] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
                if self.headers["x-amz-target"].endswith("GetQueueUrl"):
                    answer = {"QueueUrl": f"{outer.url}/123456789012/{asked['QueueName']}"}
                else:
                    outer.asked.set()
                    outer.go_on.wait(LONG)
                    entries = asked.get("Entries", [])
                    outer.bodies += [json.loads(entry["MessageBody"]) for entry in entries]
                    done = [{"Id": entry["Id"], "MessageId": "m"} for entry in entries]
                    answer = {"Successful": done, "Failed": []} if entries else {"Messages": []}
                content = json.dumps(answer).encode()
                self.send_response(200)
                self.send_header("content-type", "application/x-amz-json-1.0")
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def close(self) -> None:
        """Let everything go and stop."""
        self.go_on.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def held_sqs() -> Iterator[HeldSqs]:
    """An SQS that confirms when the test says so."""
    server = HeldSqs()
    yield server
    server.close()


class RunningService:
    """A service in a process of its own."""

    def __init__(self, process: subprocess.Popen) -> None:
        self.process = process
        self.address = ""
        self.lines: list[dict] = []

    def wait_until_serving(self) -> None:
        """Read its log until it says where it listens."""
        self.address = self.wait_for_event("serving")["address"]

    def wait_for_event(self, event: str) -> dict:
        """Read its log up to this event."""
        for line in self.process.stdout:
            self.lines.append(json.loads(line))
            if self.lines[-1].get("event") == event:
                return self.lines[-1]
        raise AssertionError(f"ended with {self.process.wait()}: {self.lines}")

    def terminate(self) -> None:
        """Send SIGTERM, as ECS does."""
        self.process.terminate()

    def exit_code(self) -> int:
        """Wait for its end and read the rest of its log."""
        output, _ = self.process.communicate(timeout=START)
        self.lines += [json.loads(line) for line in output.splitlines()]
        return self.process.returncode

    @property
    def events(self) -> list[str]:
        """Names of the events it logged."""
        return [line["event"] for line in self.lines if "event" in line]


@pytest.fixture
def start_service():
    """Start `python -m PACKAGE` with nothing of this process's environment but what a task would have."""
    started = []

    def start(package: str, environment: dict[str, str]) -> RunningService:
        process = subprocess.Popen(
            [sys.executable, "-m", package],
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(SERVICES), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return RunningService(process)

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()
