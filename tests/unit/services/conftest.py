import asyncio
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from uuid import uuid4

import boto3
import pytest
from moto.server import ThreadedMotoServer
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

SERVICES = Path(__file__).parents[3] / "services"
REGION = "eu-central-1"


@pytest.fixture(scope="session")
def moto_url() -> Iterator[str]:
    """Where moto listens."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def aws_environment(moto_url) -> dict[str, str]:
    """What a task's environment says of AWS."""
    return {
        "AWS_ENDPOINT_URL": moto_url,
        "AWS_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }


@pytest.fixture
def aws(aws_environment, monkeypatch) -> None:
    """Point clients made in this process at moto."""
    for name, value in aws_environment.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="session")
def sqs_api(moto_url):
    """A boto3 client of moto's SQS."""
    client = boto3.client(
        "sqs",
        endpoint_url=moto_url,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    yield client
    client.close()


class Queue:
    """A queue of its own for one test, seen through boto3."""

    def __init__(self, client) -> None:
        self._client = client
        self.name = f"notifications-{uuid4()}"
        self.url = client.create_queue(QueueName=self.name)["QueueUrl"]

    def put(self, body: str) -> None:
        """Send one message."""
        self._client.send_message(QueueUrl=self.url, MessageBody=body)

    def take(self) -> list[dict]:
        """What is visible now, with receive counts; hides it for a minute."""
        taken = self._client.receive_message(
            QueueUrl=self.url,
            MaxNumberOfMessages=10,
            VisibilityTimeout=60,
            MessageSystemAttributeNames=["ApproximateReceiveCount"],
            WaitTimeSeconds=1,
        )
        return taken.get("Messages", [])

    def bodies(self) -> list[dict]:
        """What the visible messages say."""
        return [json.loads(message["Body"]) for message in self.take()]

    def counts(self) -> tuple[int, int]:
        """Messages visible and in flight."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self._client.get_queue_attributes(QueueUrl=self.url, AttributeNames=names)["Attributes"]
        return int(found[names[0]]), int(found[names[1]])


@pytest.fixture
def queue(sqs_api) -> Queue:
    """A queue of the test's own."""
    return Queue(sqs_api)


class HeldSqs:
    """An SQS that confirms a batch only when it is told to."""

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
                    outer.go_on.wait(10)
                    outer.bodies += [json.loads(entry["MessageBody"]) for entry in asked["Entries"]]
                    done = [{"Id": entry["Id"], "MessageId": "m"} for entry in asked["Entries"]]
                    answer = {"Successful": done, "Failed": []}
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

    def exit_code(self, seconds: float = 15) -> int:
        """Wait for its end and read the rest of its log."""
        output, _ = self.process.communicate(timeout=seconds)
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


@pytest.fixture
def eventually():
    """Try an assertion again until it holds or the budget is spent."""
    return retry(
        stop=stop_after_delay(10),
        wait=wait_fixed(0.02),
        retry=retry_if_exception_type((AssertionError, OSError)),
        reraise=True,
    )


@pytest.fixture
def environ(monkeypatch):
    """An environment in which a test's settings are all there is."""

    @contextmanager
    def only(values: dict[str, str]) -> Iterator[None]:
        with monkeypatch.context() as patch:
            for name in list(os.environ):
                patch.delenv(name)
            for name, value in values.items():
                patch.setenv(name, value)
            yield

    return only


@pytest.fixture
def running():
    """Run a service's coroutine in this loop for the time of a block; stop it as SIGTERM would."""

    class Running:
        def __init__(self, service) -> None:
            self.stop = asyncio.Event()
            self._service = service

        async def __aenter__(self) -> asyncio.Event:
            self._task = asyncio.create_task(self._service(self.stop))
            return self.stop

        async def __aexit__(self, *_: object) -> None:
            self.stop.set()
            async with asyncio.timeout(10):
                await self._task

    return Running
