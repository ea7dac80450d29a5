import asyncio
import hashlib
import io
import json
import re

import aiohttp
import httpx
import pytest
from aiohttp import web

from notification_api.api_keys import ApiKeys
from notification_api.app import create_app
from notification_api.deliveries import Deliveries
from notification_api.health import Readiness
from notification_api.priority_queues import PriorityQueues
from shared.metrics import Metrics
from shared.sqs.micro_batcher import BatchLimits
from shared.status import STATUS_PATH

KEY = "k" * 43
OTHER_KEY = "o" * 43


def key_entry(client_id, *keys, **limits):
    """A client as the secret has it."""
    hashes = [hashlib.sha256(key.encode()).hexdigest() for key in keys]
    return {"id": client_id, "key_hashes": hashes, "requests_per_second": 100, "burst": 1000, **limits}


class FakeSecret:
    """The secret with the API keys, for two clients, until told otherwise."""

    def __init__(self) -> None:
        self.clients = [key_entry("team-a", KEY), key_entry("team-b", OTHER_KEY)]
        self.id_key = "0123456789abcdef" * 4
        self.error: Exception | None = None
        self.reads = 0

    @property
    def text(self):
        return json.dumps({"id_key": self.id_key, "clients": self.clients})

    async def read(self):
        self.reads += 1
        if self.error is not None:
            raise self.error
        return self.text


class FakeQueue:
    """Confirms everything, unless told otherwise."""

    def __init__(self) -> None:
        self.messages = []
        self.error: Exception | None = None
        self.last_error: str | None = None

    async def send(self, messages):
        """Confirm, or fail every entry."""
        if self.error is not None:
            return [self.error] * len(messages)
        self.messages += messages
        return [None] * len(messages)

    async def check(self):
        """Say what it was told to."""
        return self.last_error

    @property
    def bodies(self):
        return [message.body.decode() for message in self.messages]


class FakeEmailSender:
    """Answers what it is told to, attempt after attempt; the last answer stays."""

    def __init__(self) -> None:
        self.answers = [404]
        self.asked = []
        self.url = ""

    async def answer(self, request):
        self.asked.append(request)
        answer = self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)
        if answer == "hang up":
            request.transport.abort()
            answer = 200
        if isinstance(answer, asyncio.Event):
            await answer.wait()
            answer = 404
        return web.Response(status=answer) if isinstance(answer, int) else web.Response(text=answer)


@pytest.fixture
def secret():
    """The secret with the API keys of team-a and team-b."""
    return FakeSecret()


@pytest.fixture
def now():
    """A clock that stands still until told otherwise."""

    class Clock:
        def __init__(self) -> None:
            self.time = 1000.0

        def __call__(self):
            return self.time

    return Clock()


@pytest.fixture
async def api_keys(secret, now):
    """The API keys of the secret."""
    keys = ApiKeys(secret.read, secret="api-keys", every_seconds=60, now=now)
    await keys.load(asyncio.Event())
    return keys


@pytest.fixture
def fake_queue():
    """A queue that confirms everything, until told otherwise."""
    return FakeQueue()


@pytest.fixture
def fake_high_queue():
    """A queue for high priority that confirms everything, until told otherwise."""
    return FakeQueue()


@pytest.fixture
def priority_queues(fake_queue, fake_high_queue):
    """Both queues."""
    return PriorityQueues(fake_queue, fake_high_queue, BatchLimits(wait_seconds=0.001))


@pytest.fixture
async def email_sender():
    """An Email Sender that has seen no notification, until told otherwise."""
    sender = FakeEmailSender()
    app = web.Application()
    app.router.add_get(STATUS_PATH + "{id}", sender.answer)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    sender.url = "http://{}:{}".format(*runner.addresses[0])
    yield sender
    await runner.cleanup()


@pytest.fixture
async def session():
    """Connections to the Email Sender."""
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def stop():
    """Set when the task is told to stop."""
    return asyncio.Event()


@pytest.fixture
def emf():
    """What the metrics wrote."""
    return io.StringIO()


@pytest.fixture
def metrics(emf):
    """Metrics of the Notification API, into `emf`."""
    return Metrics("notification-api", "test", stream=emf)


@pytest.fixture
def counted(metrics, emf):
    """A counter's value since the last time anything was asked."""

    def value(name):
        metrics.flush()
        lines = [json.loads(line) for line in emf.getvalue().splitlines()]
        emf.truncate(0)
        emf.seek(0)
        return sum(line.get(name, 0) for line in lines)

    return value


@pytest.fixture
def make_app(priority_queues, api_keys, stop, metrics, session):
    """Make the application with parts of the test's own."""

    def make(make=create_app, **parts):
        box = parts.get("priority_queues", priority_queues)
        given = {
            "priority_queues": box,
            "api_keys": api_keys,
            "deliveries": Deliveries(session, ""),
            "readiness": Readiness(stop, box, api_keys),
            "metrics": metrics,
        }
        return make(**{**given, **parts})

    return make


@pytest.fixture
def connect():
    """An HTTP client of an application, with the key of team-a."""

    def connected(app, authorization=f"Bearer team-a.{KEY}"):
        headers = {"Authorization": authorization} if authorization else {}
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url="http://api", headers=headers)

    return connected


@pytest.fixture
async def client(make_app, connect):
    """An HTTP client of the application, with the key of team-a."""
    async with connect(make_app()) as client:
        yield client


@pytest.fixture
def is_traceparent():
    """Whether this is a trace context of the W3C's form."""
    return re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}").fullmatch
