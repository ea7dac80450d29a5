import asyncio
import json

import aiohttp
import pytest
from aiohttp import web
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)
from botocore.session import get_session

from aws_json.call import Call, Endpoint
from tests.waiting import SOON

_REGION = "eu-central-1"
_KEYS = ReadOnlyCredentials("AKIDEXAMPLE", "secret", "session-token")
_DONE = {"Successful": [{"Id": "0", "MessageId": "m"}], "Failed": []}
_HANGS_UP = object()


class FakeService:
    """Answers what it is told to, attempt after attempt; the last answer stays."""

    def __init__(self) -> None:
        self.answers = [_DONE]
        self.asked = []
        self.bodies = []
        self.url = ""

    async def answer(self, request):
        """Answer one request."""
        self.asked.append(request)
        self.bodies.append(await request.read())
        answer = self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)
        if answer is _HANGS_UP:
            request.transport.close()
            answer = _DONE
        if isinstance(answer, asyncio.Event):
            await answer.wait()
            answer = _DONE
        if isinstance(answer, dict):
            return web.json_response(answer)
        status, text, *headers = answer
        return web.Response(status=status, text=text, headers=headers[0] if headers else None)


class FakeCredentials:
    """Keys that are renewed from call to call."""

    def __init__(self) -> None:
        self.keys = [_KEYS]

    async def get_frozen_credentials(self):
        """The keys of this call."""
        return self.keys[0] if len(self.keys) == 1 else self.keys.pop(0)


@pytest.fixture
async def fake_service():
    """A service that answers, until told otherwise."""
    fake = FakeService()
    app = web.Application()
    app.router.add_post("/", fake.answer)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    fake.url = "http://{}:{}".format(*runner.addresses[0])
    yield fake
    await runner.cleanup()


@pytest.fixture
def credentials():
    """Credentials of a task role."""
    return FakeCredentials()


@pytest.fixture
async def call(fake_service, credentials, monkeypatch):
    """Makes an operation of the fake service, which does not wait between attempts."""
    monkeypatch.setattr("aws_json.call._LONGEST_PAUSE_SECONDS", 0)
    sessions = []

    def make(operation="SendMessageBatch", service="sqs", *, read_seconds=5, url="", keys=credentials):
        timeout = aiohttp.ClientTimeout(total=None, sock_read=read_seconds)
        sessions.append(aiohttp.ClientSession(timeout=timeout))
        endpoint = Endpoint(sessions[-1], url or fake_service.url, _REGION, keys)
        return Call(endpoint, get_session().get_service_model(service), operation)

    yield make
    for session in sessions:
        await session.close()


def _refusal(code, status=400):
    return status, json.dumps({"__type": f"com.amazonaws.sqs#{code}", "message": "why"})


async def test_call_is_of_the_service_s_own_form(call, fake_service):
    """The call is one of the JSON protocol, with its parameters; bytes are text in UTF-8."""
    entries = [{"Id": "0", "MessageBody": '{"ä":"\\n"}'.encode()}]
    assert _DONE == await call()(QueueUrl="u", Entries=entries)

    [asked] = fake_service.asked
    assert asked.headers["X-Amz-Target"] == "AmazonSQS.SendMessageBatch"
    assert asked.headers["Content-Type"] == "application/x-amz-json-1.0"
    assert asked.headers["User-Agent"] == "notification-service"
    assert json.loads(fake_service.bodies[0]) == {
        "QueueUrl": "u",
        "Entries": [{"Id": "0", "MessageBody": '{"ä":"\\n"}'}],
    }


async def test_signature_is_of_what_arrives(call, fake_service):
    """Signed anew from the headers and the body that arrived, the signature is the same."""
    await call()(QueueUrl="u", Entries=[])

    [asked] = fake_service.asked
    scheme, _, rest = asked.headers["Authorization"].partition(" ")
    parts = dict(part.split("=", 1) for part in rest.split(", "))
    signed = parts["SignedHeaders"].split(";")
    assert scheme == "AWS4-HMAC-SHA256"
    assert {"host", "x-amz-date", "x-amz-security-token", "x-amz-target"} <= set(signed)
    assert asked.headers["X-Amz-Security-Token"] == "session-token"
    headers = {name: asked.headers[name] for name in signed}
    again = AWSRequest("POST", f"{fake_service.url}/", headers, fake_service.bodies[0])
    again.context["timestamp"] = asked.headers["X-Amz-Date"]
    auth = SigV4Auth(_KEYS, "sqs", _REGION)
    signature = auth.signature(auth.string_to_sign(again, auth.canonical_request(again)), again)
    assert signature == parts["Signature"]
    assert f"/{_REGION}/sqs/aws4_request" in parts["Credential"]


async def test_credentials_are_renewed(call, fake_service, credentials):
    """A task role's keys expire: every call asks for those that are valid now."""
    credentials.keys = [_KEYS, ReadOnlyCredentials("NEWKEY", "secret", "token")]
    send = call()
    for _ in range(2):
        await send(QueueUrl="u", Entries=[])

    assert "Credential=AKIDEXAMPLE/" in fake_service.asked[0].headers["Authorization"]
    assert "Credential=NEWKEY/" in fake_service.asked[1].headers["Authorization"]


@pytest.mark.parametrize(
    "failure",
    [
        (500, ""),
        (503, "busy"),
        _refusal("RequestThrottled"),
        _refusal("ThrottlingException", 403),
        pytest.param(_HANGS_UP, id="hangs up"),
    ],
)
async def test_tries_a_second_time(call, fake_service, failure):
    """What may pass the next time is tried again, once."""
    fake_service.answers = [failure, _DONE]

    assert _DONE == await call()(QueueUrl="u", Entries=[])
    assert fake_service.bodies == [fake_service.bodies[0]] * 2


@pytest.mark.parametrize(
    ("failure", "attempts", "code"),
    [
        (_refusal("QueueDoesNotExist"), 1, "QueueDoesNotExist"),
        (_refusal("InvalidClientTokenId", 403), 1, "InvalidClientTokenId"),
        (_refusal("RequestThrottled"), 2, "RequestThrottled"),
        ((500, "<html>"), 2, "500"),
        ((400, "[]"), 1, "400"),
        ((400, "7"), 1, "400"),
        ((302, "{}"), 1, "302"),
        (
            (400, _refusal("QueueDoesNotExist")[1], {"x-amzn-query-error": "AWS.Simple.None;Sender"}),
            1,
            "AWS.Simple.None",
        ),
    ],
)
async def test_gives_up(call, fake_service, failure, attempts, code):
    """The error is botocore's, with the service's code, or the status of an answer that says nothing."""
    fake_service.answers = [failure]

    with pytest.raises(ClientError, match="SendMessageBatch") as error:
        await call()(QueueUrl="u", Entries=[])
    assert code == error.value.response["Error"]["Code"]
    assert attempts == len(fake_service.asked)


async def test_a_refusal_keeps_what_else_is_said(call, fake_service):
    """DynamoDB says of each part of a transaction what was wrong with it."""
    said = {
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "Message": "cancelled",
        "CancellationReasons": [{"Code": "None"}],
    }
    fake_service.answers = [(400, json.dumps(said))]

    with pytest.raises(ClientError, match=r"TransactionCanceledException.*cancelled") as error:
        await call("TransactWriteItems", "dynamodb")(TransactItems=[])
    assert error.value.response["CancellationReasons"] == [{"Code": "None"}]


async def test_both_attempts_of_a_transaction_have_one_token(call, fake_service):
    """DynamoDB takes the second as the first; the next transaction has another, a plain write none."""
    fake_service.answers = [(500, ""), _DONE]
    transact = call("TransactWriteItems", "dynamodb")
    await transact(TransactItems=[])
    await transact(TransactItems=[])
    await call("PutItem", "dynamodb")(TableName="t", Item={})

    tokens = [json.loads(body).get("ClientRequestToken") for body in fake_service.bodies]
    assert tokens[0] == tokens[1]
    assert len({*tokens}) == 3
    assert tokens[3] is None


async def test_nobody_listens(call, fake_service):
    """A refused connection is botocore's error as well."""
    with pytest.raises(EndpointConnectionError, match=r"127\.0\.0\.1:9"):
        await call(url="http://127.0.0.1:9")(QueueUrl="u")


async def test_hangs_up_twice(call, fake_service):
    """So is a connection that was closed without an answer."""
    fake_service.answers = [_HANGS_UP]

    with pytest.raises(ConnectionClosedError):
        await call()(QueueUrl="u")
    assert len(fake_service.asked) == 2


async def test_no_answer(call, fake_service):
    """A service that does not answer in time is given up, after the second attempt."""
    held = asyncio.Event()
    fake_service.answers = [held]

    with pytest.raises(ReadTimeoutError):
        await asyncio.wait_for(call(read_seconds=0.05)(QueueUrl="u"), SOON)
    assert len(fake_service.asked) == 2
    held.set()


async def test_no_credentials(call, fake_service):
    """Without a role there is nothing to sign with, and nothing is sent."""
    with pytest.raises(NoCredentialsError):
        await call(keys=None)(QueueUrl="u")
    assert fake_service.asked == []
