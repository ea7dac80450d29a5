from types import SimpleNamespace

import boto3
import pytest
from botocore.awsrequest import AWSResponse, HeadersDict
from botocore.config import Config
from botocore.exceptions import ClientError

from stage.control_plane import refusals
from stage.control_plane.callers import Refusal

# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html, and its like.
CASES = [
    ("dynamodb", "list_tables", Refusal.UNKNOWN_KEY, "UnrecognizedClientException", 400),
    ("dynamodb", "list_tables", Refusal.WRONG_TOKEN, "UnrecognizedClientException", 400),
    ("dynamodb", "list_tables", Refusal.EXPIRED, "ExpiredTokenException", 400),
    ("secretsmanager", "list_secrets", Refusal.UNKNOWN_KEY, "UnrecognizedClientException", 400),
    ("secretsmanager", "list_secrets", Refusal.EXPIRED, "ExpiredTokenException", 400),
    ("sqs", "list_queues", Refusal.UNKNOWN_KEY, "InvalidClientTokenId", 403),
    ("sqs", "list_queues", Refusal.WRONG_TOKEN, "InvalidClientTokenId", 403),
    ("sqs", "list_queues", Refusal.EXPIRED, "ExpiredToken", 403),
    ("iam", "list_users", Refusal.UNKNOWN_KEY, "InvalidClientTokenId", 403),
    ("iam", "list_users", Refusal.EXPIRED, "ExpiredToken", 403),
    ("sts", "get_caller_identity", Refusal.WRONG_TOKEN, "InvalidClientTokenId", 403),
    ("elbv2", "describe_load_balancers", Refusal.UNKNOWN_KEY, "InvalidClientTokenId", 403),
    ("sesv2", "get_account", Refusal.UNKNOWN_KEY, "UnrecognizedClientException", 403),
    ("sesv2", "get_account", Refusal.EXPIRED, "ExpiredTokenException", 403),
    ("route53", "list_hosted_zones", Refusal.UNKNOWN_KEY, "InvalidClientTokenId", 403),
    ("s3", "list_buckets", Refusal.UNKNOWN_KEY, "InvalidAccessKeyId", 403),
    ("s3", "list_buckets", Refusal.WRONG_TOKEN, "InvalidToken", 400),
    ("s3", "list_buckets", Refusal.EXPIRED, "ExpiredToken", 400),
    ("ec2", "describe_vpcs", Refusal.UNKNOWN_KEY, "AuthFailure", 401),
    ("ec2", "describe_vpcs", Refusal.EXPIRED, "RequestExpired", 400),
]


@pytest.fixture
def refused(monkeypatch):
    """Gives what botocore makes of a refusal, without a connection."""

    def call(service, operation, reason):
        client = boto3.client(
            service,
            endpoint_url="http://127.0.0.1:9",
            region_name="eu-central-1",
            aws_access_key_id="ASIAEXAMPLEEXAMPLE22",
            aws_secret_access_key="any",
            config=Config(retries={"total_max_attempts": 1}, proxies={}),
        )
        signed_for = client.meta.service_model.signing_name

        def answer(request, **_):
            status, headers, body = refusals.answer(signed_for, reason, _environ(request.headers))
            return _response(request.url, status, headers, body)

        client.meta.events.register("before-send", answer)
        with pytest.raises(ClientError) as error:
            getattr(client, operation)()
        return error.value.response

    return call


def _environ(headers):
    """Headers of botocore's request as the server has them."""
    texts = {name: value.decode() if isinstance(value, bytes) else value for name, value in headers.items()}
    named = {"Content-Type": "CONTENT_TYPE", "X-Amz-Target": "HTTP_X_AMZ_TARGET"}
    return {named[name]: value for name, value in texts.items() if name in named}


def _response(url, status, headers, body):
    """An answer as botocore has it from its connection."""
    return AWSResponse(url, status, HeadersDict(headers), SimpleNamespace(stream=lambda: [body]))


@pytest.mark.parametrize(("service", "operation", "reason", "code", "status"), CASES)
def test_a_refusal_is_the_service_s_own(refused, service, operation, reason, code, status):
    """Code and status are what a client goes by, and stand where its protocol has them."""
    answer = refused(service, operation, reason)

    assert (code, status) == (answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"])
    assert answer["Error"]["Message"]
    assert answer["ResponseMetadata"]["RequestId"]


def test_sqs_by_its_query_protocol_says_the_same():
    """Older SDKs speak it."""
    form = {"CONTENT_TYPE": "application/x-www-form-urlencoded; charset=utf-8"}

    status, headers, body = refusals.answer("sqs", Refusal.EXPIRED, form)

    assert (403, "text/xml") == (status, headers["Content-Type"])
    assert b"<Code>ExpiredToken</Code>" in body


def test_a_refusal_does_not_repeat_what_it_refuses(refused):
    """A key that was mistyped may be somebody's secret."""
    assert "ASIAEXAMPLE" not in str(refused("s3", "list_buckets", Refusal.UNKNOWN_KEY))
