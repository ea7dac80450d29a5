import asyncio
import json

import boto3
import httpx
import pytest
from structlog.testing import capture_logs

from notification_api.__main__ import run
from notification_api.api_keys import ApiKeys
from notification_api.priority_queues import PriorityQueues
from notification_api.settings import ApiSettings
from shared.http.server import listen
from shared.process import StartupError
from tests.waiting import SOON

from .conftest import KEY, key_entry

_TASK = {
    "SERVICE_NAME": "notification-api",
    "ENVIRONMENT": "test",
    "PORT": "0",
    "QUEUE_NAME": "notifications",
    "API_KEYS_SECRET": "api-keys-main",
    "AWS_REGION": "eu-central-1",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
}


def _free_port():
    with listen("127.0.0.1", 0) as at:
        return at.getsockname()[1]


@pytest.fixture(scope="module")
def keys_secret(moto_url):
    """The secret with the key of team-a."""
    client = boto3.client(
        "secretsmanager",
        endpoint_url=moto_url,
        region_name="eu-central-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    text = json.dumps({"id_key": "ab" * 32, "clients": [key_entry("team-a", KEY)]})
    client.create_secret(Name=_TASK["API_KEYS_SECRET"], SecretString=text)
    client.close()


@pytest.fixture
def high_queue(sqs_api, queue):
    """A second queue of the test's own."""
    return type(queue)(sqs_api)


@pytest.mark.parametrize("priority", ["normal", "high"])
async def test_runs_until_stopped(
    aws_environment, environ, queue, high_queue, keys_secret, running, eventually, priority
):
    """From settings to a notification that the queue of its priority has confirmed, in one piece."""
    port = _free_port()
    queues = {"QUEUE_NAME": queue.name, "PRIORITY_QUEUE_NAME": high_queue.name}
    with environ({**_TASK, **aws_environment, **queues, "PORT": str(port)}):
        settings = ApiSettings()
        async with running(lambda stop: run(settings, stop)), httpx.AsyncClient() as client:

            @eventually
            async def ready():
                try:
                    response = await client.get(f"http://127.0.0.1:{port}/readyz")
                except httpx.TransportError as error:
                    raise AssertionError from error
                assert 200 == response.status_code

            await ready()
            content = {
                "recipient": "ada@example.com",
                "subject": "Hello",
                "body": "Hi",
                "priority": priority,
            }
            response = await client.post(
                f"http://127.0.0.1:{port}/v1/notifications",
                json=content,
                headers={"Authorization": f"Bearer team-a.{KEY}"},
            )

    taken = {"normal": queue, "high": high_queue}[priority]
    assert [response.json()["id"]] == [body["id"] for body in taken.bodies()]


async def test_one_queue_is_enough(aws_environment, environ, queue, keys_secret, running, eventually):
    """Without a queue for high priority the service runs as well."""
    port = _free_port()
    with environ({**_TASK, **aws_environment, "QUEUE_NAME": queue.name, "PORT": str(port)}):
        settings = ApiSettings()
        async with running(lambda stop: run(settings, stop)), httpx.AsyncClient() as client:

            @eventually
            async def alive():
                try:
                    response = await client.get(f"http://127.0.0.1:{port}/healthz")
                except httpx.TransportError as error:
                    raise AssertionError from error
                assert 200 == response.status_code

            await alive()


async def test_request_that_is_cut_off_is_counted(
    aws_environment, environ, queue, keys_secret, running, monkeypatch, capsys
):
    """A request that does not arrive in time is a line in the log and a metric."""
    monkeypatch.setattr("shared.http.server._LOOK_SECONDS", 0.005)
    monkeypatch.setattr("shared.http.connection.HEAD_SECONDS", 0.01)
    at = listen("127.0.0.1", 0)
    listening = asyncio.Event()
    monkeypatch.setattr("notification_api.__main__.listen", lambda *_: (listening.set(), at)[1])
    with environ({**_TASK, **aws_environment, "QUEUE_NAME": queue.name}), capture_logs() as logs:
        settings = ApiSettings()
        async with running(lambda stop: run(settings, stop)):
            await asyncio.wait_for(listening.wait(), SOON)
            reader, writer = await asyncio.open_connection(*at.getsockname())
            writer.write(b"POST /v1/noti")
            answer = await asyncio.wait_for(reader.read(), SOON)
            writer.close()

    assert answer.startswith(b"HTTP/1.1 408 ")
    assert [408] == [line["status"] for line in logs if line["event"] == "request_cut_off"]
    assert 1 == json.loads(capsys.readouterr().out)["RequestsCutOff"]


async def test_missing_keys_stop_the_start(aws_environment, environ, queue, monkeypatch):
    """A task that can let nobody in ends with what to do."""
    load = ApiKeys.load
    monkeypatch.setattr(ApiKeys, "load", lambda self, stop: load(self, stop, budget_seconds=0))
    task = {**_TASK, **aws_environment, "QUEUE_NAME": queue.name, "API_KEYS_SECRET": "no-such-secret"}

    with environ(task), pytest.raises(StartupError, match="check API_KEYS_SECRET"):
        await run(ApiSettings(), asyncio.Event())


@pytest.mark.parametrize("told", ["before the queue", "before the keys"])
async def test_stop_during_the_start(aws_environment, environ, queue, monkeypatch, told):
    """A task that is stopped before it could start ends at once."""
    stop = asyncio.Event()
    if told == "before the queue":
        stop.set()
    else:

        async def load(self, stop):
            stop.set()
            return False

        monkeypatch.setattr(ApiKeys, "load", load)
    with environ({**_TASK, **aws_environment, "QUEUE_NAME": queue.name}):
        await asyncio.wait_for(run(ApiSettings(), stop), SOON)


async def test_missing_queue_names_its_setting(environ, monkeypatch):
    """A person reads which of the two queues is not there."""
    asked = []

    async def resolve(_client, name, _stop, *, setting):
        asked.append((setting, name))
        return "http://sqs/q" if setting == "QUEUE_NAME" else None

    monkeypatch.setattr("notification_api.__main__.resolve_queue_url", resolve)
    with environ({**_TASK, "PRIORITY_QUEUE_NAME": "urgent"}):
        await asyncio.wait_for(run(ApiSettings(), asyncio.Event()), SOON)

    assert [("QUEUE_NAME", "notifications"), ("PRIORITY_QUEUE_NAME", "urgent")] == asked


async def test_stop_does_not_wait_for_a_queue_that_never_confirms(
    aws_environment, environ, queue, keys_secret, running, monkeypatch
):
    """What nobody waits for any more is given up in time, and said; SIGKILL would follow."""
    monkeypatch.setattr("notification_api.__main__._DRAIN_SECONDS", 0.01)
    monkeypatch.setattr(PriorityQueues, "drain", lambda _: asyncio.Event().wait())
    listening = asyncio.Event()

    def listens(host, port):
        listening.set()
        return listen(host, port)

    monkeypatch.setattr("notification_api.__main__.listen", listens)
    with environ({**_TASK, **aws_environment, "QUEUE_NAME": queue.name}), capture_logs() as logs:
        settings = ApiSettings()
        async with running(lambda stop: run(settings, stop)):
            await asyncio.wait_for(listening.wait(), SOON)

    assert ["serving", "not_drained", "stopped"] == [line["event"] for line in logs]
