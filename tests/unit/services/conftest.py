import asyncio
import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import boto3
import pytest
from moto.server import ThreadedMotoServer

from tests.unit.services.raw_server import RawServer
from tests.waiting import SOON, holds_eventually

REGION = "eu-central-1"


@pytest.fixture(scope="session")
def moto_url() -> Iterator[str]:
    """Where moto listens."""
    # What it logs of each request would be among the lines that another test reads.
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
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
            MessageAttributeNames=["All"],
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


@pytest.fixture
def priority_queue(sqs_api) -> Queue:
    """A queue of high priority of the test's own."""
    return Queue(sqs_api)


@pytest.fixture
def dead_letter_queue(sqs_api) -> Queue:
    """A dead-letter queue of the test's own."""
    return Queue(sqs_api)


@pytest.fixture
def eventually():
    """Try an assertion again until it holds or the budget is spent."""
    return holds_eventually()


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
async def raw_server():
    """A server that answers with whatever bytes it is told."""
    server = RawServer()
    await server.start()
    yield server
    await server.stop()


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
            async with asyncio.timeout(SOON):
                await self._task

    return Running
