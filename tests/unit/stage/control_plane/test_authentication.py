import json

import boto3
import pytest
from botocore.config import Config

from stage.control_plane import authentication
from stage.control_plane.authentication import CALLER, SERVICE
from stage.control_plane.callers import ANONYMOUS, Caller, Callers, Kind, Session

KEY, TOKEN, ROLE, TASK = "ASIAEXAMPLEEXAMPLE22", "token", "arn:aws:iam::123456789012:role/api", "0a1b"
CALLER_OF_TASK = Caller(Kind.TASK, KEY, ROLE, TASK)


def signed(key=KEY, service="dynamodb", **headers):
    """A request that is signed with a key."""
    scope = f"{key}/20260101/eu-central-1/{service}/aws4_request"
    return {
        "HTTP_AUTHORIZATION": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0",
        "HTTP_X_AMZ_TARGET": "DynamoDB_20120810.PutItem",
        "CONTENT_TYPE": "application/x-amz-json-1.0",
        **headers,
    }


@pytest.fixture
def ask():
    """Asks as a WSGI server would; gives the status, the body and the request as the application had it."""
    callers = Callers(now=lambda: 1000.0)
    callers.begin(Session(CALLER_OF_TASK, TOKEN, 2000.0))

    def application(environ, start_response):
        start_response("200 OK", [])
        return [b"done"]

    def call(environ):
        said = []
        body = authentication.answer(
            environ, lambda status, _headers: said.append(status), application, callers
        )
        return said[0], b"".join(body), environ

    return call


def test_a_call_has_its_caller(ask):
    """And the service that it is signed for."""
    status, body, environ = ask(signed(HTTP_X_AMZ_SECURITY_TOKEN=TOKEN))

    assert ("200 OK", b"done") == (status, body)
    assert (CALLER_OF_TASK, "dynamodb") == (environ[CALLER], environ[SERVICE])


@pytest.mark.parametrize(
    "request_", [signed(), signed("ASIALOST", HTTP_X_AMZ_SECURITY_TOKEN=TOKEN)], ids=["no token", "nobody"]
)
def test_a_call_without_its_token_or_of_nobody_is_not_carried_out(ask, request_):
    """The service's own error is all there is."""
    status, body, environ = ask(dict(request_))

    assert "400 Bad Request" == status
    assert "com.amazon.coral.service#UnrecognizedClientException" == json.loads(body)["__type"]
    assert CALLER not in environ


def test_a_call_that_nobody_signs_is_nobody_s(ask):
    """AssumeRoleWithWebIdentity is one; what else there is, whoever decides has to refuse."""
    status, _body, environ = ask({"QUERY_STRING": "Action=AssumeRoleWithWebIdentity"})

    assert ("200 OK", ANONYMOUS, "") == (status, environ[CALLER], environ[SERVICE])


@pytest.mark.parametrize(
    ("token", "status"), [(TOKEN, "200 OK"), (None, "400 Bad Request"), ("other", "400 Bad Request")]
)
def test_a_presigned_url_is_its_signer_s(ask, token, status):
    """Key and token stand in its query."""
    client = boto3.client(
        "s3",
        region_name="eu-central-1",
        aws_access_key_id=KEY,
        aws_secret_access_key="any",
        aws_session_token=token,
        config=Config(signature_version="s3v4"),
    )
    url = client.generate_presigned_url("get_object", Params={"Bucket": "b", "Key": "k"})

    told, _body, environ = ask({"QUERY_STRING": url.partition("?")[2]})

    assert status == told
    if told == "200 OK":
        assert (CALLER_OF_TASK, "s3") == (environ[CALLER], environ[SERVICE])
