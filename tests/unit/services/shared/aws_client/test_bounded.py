import asyncio

import pytest
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore.exceptions import BotoCoreError, ClientError, ReadTimeoutError

from shared.aws_client import BoundedClient
from tests.unit.services.raw_server import HANGS_UP, SILENT, http
from tests.waiting import SOON


@pytest.fixture
async def aiobotocores(raw_server, aws, monkeypatch):
    """Aiobotocore's client of SQS, which tries once."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", raw_server.url)
    config = AioConfig(retries={"mode": "standard", "total_max_attempts": 1})
    async with get_session().create_client("sqs", region_name="eu-central-1", config=config) as made:
        yield made


@pytest.fixture
def client(aiobotocores):
    """The same with a limit that is never reached."""
    return BoundedClient(aiobotocores, SOON)


async def test_a_call_that_goes_well(client, raw_server):
    """The answer is the client's own."""
    raw_server.answers = [http('{"QueueUrl": "http://q"}')]
    assert "http://q" == (await client.get_queue_url(QueueName="q"))["QueueUrl"]


async def test_a_call_ends_in_time(aiobotocores, raw_server):
    """Aiobotocore waits a minute for an answer, and for a connection without end."""
    raw_server.answers = [SILENT]
    with pytest.raises(ReadTimeoutError):
        await asyncio.wait_for(BoundedClient(aiobotocores, 0.1).get_queue_url(QueueName="q"), SOON)


@pytest.mark.parametrize(
    "answer",
    [
        http("[" * 100_000),
        http("[]"),
        http(""),
        http("<html>sign in</html>"),
        http(b"\xff"),
        http("[7]", "400 Bad Request"),
        http("null", "500 Broken"),
        http("[" * 100_000, "400 Bad Request"),
        b"nonsense\r\n\r\n",
        HANGS_UP,
    ],
)
async def test_no_error_but_botocore_s(client, raw_server, answer):
    """Of what cannot be read aiobotocore raises whatever comes; callers know botocore's errors alone."""
    raw_server.answers, raw_server.closes = [answer], True
    with pytest.raises((BotoCoreError, ClientError)):
        await asyncio.wait_for(client.get_queue_url(QueueName="q"), SOON)


async def test_an_answer_without_members_needs_no_body(client, raw_server):
    """SQS says nothing at all when it has deleted a message."""
    raw_server.answers = [http("")]
    answer = await client.delete_message(QueueUrl="http://q", ReceiptHandle="r")
    assert 200 == answer["ResponseMetadata"]["HTTPStatusCode"]


async def test_what_is_no_call_is_the_client_s_own(client):
    """Its exceptions, its paginators and what it says of itself."""
    assert "sqs" == client.meta.service_model.service_name
    assert client.can_paginate("list_queues")
    with pytest.raises(AttributeError):
        _ = client.no_such_operation
