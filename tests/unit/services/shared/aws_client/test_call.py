import asyncio
import json
import re

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import ClientError, NoCredentialsError

from tests.unit.services.raw_server import HANGS_UP, SILENT, http
from tests.unit.services.shared.aws_client.conftest import DONE, KEYS, REGION

_SAID = {"Successful": [{"Id": "0", "MessageId": "m"}], "Failed": []}


def _refusal(code, status="400 Bad Request", **headers):
    return http(json.dumps({"__type": f"com.amazonaws.sqs#{code}", "message": "why"}), status, **headers)


async def test_call_is_of_the_service_s_own_form(call, raw_server):
    """The call is one of the JSON protocol, with its parameters; bytes are text in UTF-8."""
    entries = [{"Id": "0", "MessageBody": '{"ä":"\\n"}'.encode()}]
    send = await call()
    assert _SAID == await send(QueueUrl="u", Entries=entries)

    [asked] = raw_server.asked
    assert "POST / HTTP/1.1" == asked.line
    assert "AmazonSQS.SendMessageBatch" == asked.headers["x-amz-target"]
    assert "application/x-amz-json-1.0" == asked.headers["content-type"]
    assert "notification-service" == asked.headers["user-agent"]
    assert "identity" == asked.headers["accept-encoding"]
    assert {
        "QueueUrl": "u",
        "Entries": [{"Id": "0", "MessageBody": '{"ä":"\\n"}'}],
    } == json.loads(asked.body)


async def test_signature_is_of_what_arrives(call, raw_server):
    """Signed anew from the headers and the body that arrived, the signature is the same."""
    send = await call()
    await send(QueueUrl="u", Entries=[])

    [asked] = raw_server.asked
    scheme, _, rest = asked.headers["authorization"].partition(" ")
    parts = dict(part.split("=", 1) for part in rest.split(", "))
    signed = parts["SignedHeaders"].split(";")
    assert "AWS4-HMAC-SHA256" == scheme
    assert {"host", "x-amz-date", "x-amz-security-token", "x-amz-target"} <= set(signed)
    assert "session-token" == asked.headers["x-amz-security-token"]
    headers = {name: asked.headers[name] for name in signed}
    again = AWSRequest("POST", f"{raw_server.url}/", headers, asked.body)
    again.context["timestamp"] = asked.headers["x-amz-date"]
    auth = SigV4Auth(KEYS, "sqs", REGION)
    signature = auth.signature(auth.string_to_sign(again, auth.canonical_request(again)), again)
    assert signature == parts["Signature"]
    assert f"/{REGION}/sqs/aws4_request" in parts["Credential"]


async def test_credentials_are_renewed(call, raw_server, credentials):
    """A task role's keys expire: every call asks for those that are valid now."""
    credentials.keys = [KEYS, ReadOnlyCredentials("NEWKEY", "secret", "token")]
    send = await call()
    for _ in range(2):
        await send(QueueUrl="u", Entries=[])

    assert "Credential=AKIDEXAMPLE/" in raw_server.asked[0].headers["authorization"]
    assert "Credential=NEWKEY/" in raw_server.asked[1].headers["authorization"]


@pytest.mark.parametrize(
    "failure",
    [
        http("", "500 Broken"),
        http("busy", "503 Service Unavailable"),
        _refusal("RequestThrottled"),
        _refusal("ThrottlingException", "403 Forbidden"),
        http("<html>not JSON</html>"),
        HANGS_UP,
    ],
)
async def test_tries_a_second_time(call, raw_server, pauses, failure):
    """What may pass the next time is tried again, once, after a pause of no fixed length."""
    raw_server.answers = [failure, DONE]
    send = await call()

    assert _SAID == await send(QueueUrl="u", Entries=[])
    assert [raw_server.asked[0].body] * 2 == [request.body for request in raw_server.asked]
    [pause] = pauses
    assert 0 <= pause <= 1


async def test_pauses_differ(call, raw_server, pauses):
    """Tasks that failed together do not come back together."""
    raw_server.answers = [http("", "500 Broken"), DONE] * 5
    send = await call()
    for _ in range(5):
        await send(QueueUrl="u", Entries=[])

    assert 5 == len({*pauses})


@pytest.mark.parametrize(
    ("environment", "attempts"),
    [
        ({}, 2),
        ({"AWS_MAX_ATTEMPTS": "1"}, 1),
        ({"AWS_MAX_ATTEMPTS": "4"}, 4),
        ({"AWS_MAX_ATTEMPTS": "3", "AWS_RETRY_MODE": "legacy"}, 3),
        ({"AWS_MAX_ATTEMPTS": "3", "AWS_RETRY_MODE": "adaptive"}, 3),
    ],
)
@pytest.mark.parametrize("failure", [http("", "500 Broken"), HANGS_UP])
async def test_attempts_are_as_many_as_the_environment_says(
    call, raw_server, monkeypatch, environment, attempts, failure
):
    """The SDK's settings hold here as well: https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    raw_server.answers = [failure]
    send = await call()

    with pytest.raises(Exception):  # noqa: B017, PT011 - of which type, other tests say
        await send(QueueUrl="u", Entries=[])
    assert attempts == len(raw_server.asked)


async def test_an_outage_ends_further_attempts_until_it_is_over(call, raw_server):
    """A client that fails again and again stops trying twice, and does so again once calls go well."""
    send = await call()
    raw_server.answers = [http("", "500 Broken")]
    for _ in range(110):
        with pytest.raises(ClientError):
            await send(QueueUrl="u", Entries=[])
    assert len(raw_server.asked) < 220

    raw_server.answers = [DONE]
    for _ in range(20):
        await send(QueueUrl="u", Entries=[])
    raw_server.asked.clear()
    raw_server.answers = [http("", "500 Broken"), DONE]
    assert _SAID == await send(QueueUrl="u", Entries=[])
    assert 2 == len(raw_server.asked)


@pytest.mark.parametrize(
    ("failure", "attempts", "code"),
    [
        (_refusal("QueueDoesNotExist"), 1, "QueueDoesNotExist"),
        (_refusal("InvalidClientTokenId", "403 Forbidden"), 1, "InvalidClientTokenId"),
        (_refusal("RequestThrottled"), 2, "RequestThrottled"),
        (http("<html>", "500 Broken"), 2, "500"),
        (http("[]", "400 Bad Request"), 1, "400"),
        (http("[1]", "400 Bad Request"), 1, "400"),
        (http("7", "400 Bad Request"), 1, "400"),
        (http("null", "400 Bad Request"), 1, "400"),
        (http('{"__type": 7, "message": {"a": 1}}', "400 Bad Request"), 1, "7"),
        (http("", "404 Not Found"), 1, "404"),
        (http("", "407 Proxy Authentication Required"), 1, "407"),
        (http("{}", "302 Found", Location="http://127.0.0.1:9/"), 1, "302"),
        (http("{}", "307 Temporary Redirect", Location="http://127.0.0.1:9/"), 1, "307"),
        (
            http("{}", "400 Bad Request", x_amzn_ErrorType="ThrottledException:http://a#b/"),
            2,
            "ThrottledException",
        ),
        (_refusal("QueueDoesNotExist", x_amzn_query_error="AWS.Simple.None;Sender"), 1, "AWS.Simple.None"),
    ],
)
async def test_gives_up(call, raw_server, failure, attempts, code):
    """The error is botocore's, with the service's code, or the status of an answer that says nothing."""
    raw_server.answers = [failure]
    send = await call()

    with pytest.raises(ClientError, match="SendMessageBatch") as error:
        await send(QueueUrl="u", Entries=[])
    assert code == error.value.response["Error"]["Code"]
    assert attempts == len(raw_server.asked)


async def test_a_refusal_keeps_what_else_is_said(call, raw_server):
    """DynamoDB says of each part of a transaction what was wrong with it."""
    said = {
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "Message": "cancelled",
        "CancellationReasons": [{"Code": "None"}],
    }
    raw_server.answers = [http(json.dumps(said), "400 Bad Request")]
    transact = await call("TransactWriteItems", "dynamodb")

    with pytest.raises(ClientError, match=r"TransactionCanceledException.*cancelled") as error:
        await transact(TransactItems=[])
    assert [{"Code": "None"}] == error.value.response["CancellationReasons"]


async def test_both_attempts_of_a_transaction_have_one_token(call, raw_server):
    """DynamoDB takes the second as the first; the next transaction has another, a plain write none."""
    raw_server.answers = [http("", "500 Broken"), DONE]
    transact = await call("TransactWriteItems", "dynamodb")
    await transact(TransactItems=[])
    await transact(TransactItems=[])
    put = await call("PutItem", "dynamodb")
    await put(TableName="t", Item={})

    tokens = [json.loads(request.body).get("ClientRequestToken") for request in raw_server.asked]
    assert tokens[0] == tokens[1]
    assert 3 == len({*tokens})
    assert tokens[3] is None


async def test_no_credentials(call, raw_server):
    """Without a role there is nothing to sign with, and nothing is sent."""
    send = await call(keys=None)
    with pytest.raises(NoCredentialsError):
        await send(QueueUrl="u")
    assert [] == raw_server.asked


async def test_whoever_cancels_a_call_gets_no_error_of_the_service(call, raw_server):
    """Cancelled is not timed out."""
    raw_server.answers = [SILENT]
    send = await call()
    sending = asyncio.create_task(send(QueueUrl="u"))
    await raw_server.until_asked()
    sending.cancel()
    await asyncio.wait([sending])

    assert sending.cancelled()


@pytest.mark.parametrize("login", ["", "user:p%40ss@"])
async def test_proxy_of_the_environment(call, raw_server, monkeypatch, login):
    """What `HTTPS_PROXY` and its like name is asked, with the login that is in it, and never the service."""
    monkeypatch.setenv("HTTP_PROXY", raw_server.url.replace("//", f"//{login}"))
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", "http://sqs.example.invalid")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setenv("http_proxy", raw_server.url.replace("//", f"//{login}"))
    send = await call()

    assert _SAID == await send(QueueUrl="u", Entries=[])
    [asked] = raw_server.asked
    assert "POST http://sqs.example.invalid/ HTTP/1.1" == asked.line
    assert "sqs.example.invalid" == asked.headers["host"]
    assert bool(login) == ("proxy-authorization" in asked.headers)


async def test_no_proxy_of_the_environment(call, raw_server, monkeypatch):
    """What `NO_PROXY` names is spoken to without one."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    send = await call()

    assert _SAID == await send(QueueUrl="u", Entries=[])
    assert re.match(r"POST / ", raw_server.asked[0].line)
