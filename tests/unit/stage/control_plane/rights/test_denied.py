import json
from types import SimpleNamespace

import pytest
from botocore import xform_name
from botocore.awsrequest import AWSResponse, HeadersDict
from botocore.exceptions import ClientError

from stage.authorization.calls.table import prefixes, table
from stage.control_plane.rights import denied
from tests.unit.stage.authorization.calls.shapes import SESSION
from tests.unit.stage.control_plane.rights.sent import MODELS, client, environ_of, examples

MESSAGE = "User: me is not authorized to perform: a:Do on resource: b because of <this> & 'that'"
WITHOUT_A_TABLE = ("lambda", "pipes", "scheduler")
FORM = {"CONTENT_TYPE": "application/x-www-form-urlencoded; charset=utf-8"}
# Code and status by botocore's name of the service.
EXPECTED = {
    "application-autoscaling": ("AccessDeniedException", 400),
    "appmesh": ("AccessDeniedException", 403),
    "cloudwatch": ("AccessDenied", 403),
    "dynamodb": ("AccessDeniedException", 400),
    "ec2": ("UnauthorizedOperation", 403),
    "ecr": ("AccessDeniedException", 400),
    "ecs": ("AccessDeniedException", 400),
    "elbv2": ("AccessDenied", 403),
    "events": ("AccessDeniedException", 400),
    "iam": ("AccessDenied", 403),
    "kms": ("AccessDeniedException", 400),
    "lambda": ("AccessDeniedException", 403),
    "logs": ("AccessDeniedException", 400),
    "pipes": ("AccessDeniedException", 403),
    "resourcegroupstaggingapi": ("AccessDeniedException", 400),
    "route53": ("AccessDenied", 403),
    "s3": ("AccessDenied", 403),
    "s3control": ("AccessDenied", 403),
    "scheduler": ("AccessDeniedException", 403),
    "secretsmanager": ("AccessDeniedException", 400),
    "servicediscovery": ("AccessDeniedException", 400),
    "sesv2": ("AccessDeniedException", 403),
    "sns": ("AuthorizationError", 403),
    "sqs": ("AccessDenied", 403),
    "ssm": ("AccessDeniedException", 400),
    "sts": ("AccessDenied", 403),
    "wafv2": ("AccessDeniedException", 400),
}
# Of services of whose operations no row is needed.
LISTS = {
    "lambda": "ListFunctions",
    "pipes": "ListPipes",
    "resourcegroupstaggingapi": "GetResources",
    "scheduler": "ListSchedules",
    "wafv2": "ListWebACLs",
}


def call_to(model):
    """Operation and parameters of some call."""
    if model in LISTS:
        return LISTS[model], {"Scope": "REGIONAL"} if model == "wafv2" else {}
    prefix = next(prefix for prefix, one in MODELS if one == model)
    call = next(one for one in examples(prefix, model) if not one.operation.startswith("Head"))
    return call.operation, call.parameters


def denial(model, operation, parameters):
    """What a client makes of a denial, without a connection."""

    def deny(request, **_):
        environ = environ_of(request.method, request.url, request.headers, request.body)
        signed_for = SESSION.get_service_model(model).signing_name
        status, headers, body = denied.answer(signed_for, MESSAGE, environ)
        return AWSResponse(request.url, status, HeadersDict(headers), SimpleNamespace(stream=lambda: [body]))

    with pytest.raises(ClientError) as error:
        getattr(client(model, on_send=deny), xform_name(operation))(**parameters)
    return error.value.response


def test_every_service_has_words():
    """Of those that have a table, and those that need none."""
    names = [name for prefix in (*prefixes(), *WITHOUT_A_TABLE) for name in table(prefix).signing_names]

    assert sorted(names) == sorted(denied.DENIALS)
    assert {model for _, model in MODELS} | {*WITHOUT_A_TABLE} == EXPECTED.keys()


@pytest.mark.parametrize("model", EXPECTED)
def test_a_denial_is_the_service_s_own(model):
    """Code and status are what a client goes by, and stand where its protocol has them."""
    found = denial(model, *call_to(model))

    assert EXPECTED[model] == (found["Error"]["Code"], found["ResponseMetadata"]["HTTPStatusCode"])
    assert found["Error"]["Message"].endswith(MESSAGE)
    assert found["ResponseMetadata"]["RequestId"]


def test_ec2_says_it_in_its_own_words_first():
    """Scripts look for them."""
    found = denial("ec2", "DescribeVpcs", {})["Error"]["Message"]

    assert f"You are not authorized to perform this operation. {MESSAGE}" == found


@pytest.mark.parametrize(("operation", "more"), [("HeadBucket", {}), ("HeadObject", {"Key": "a"})])
def test_head_has_no_body(operation, more):
    """So that its client knows no code but HTTP's."""
    found = denial("s3", operation, {"Bucket": "box", **more})

    assert {"Code": "403", "Message": "Forbidden"} == found["Error"]


def test_a_service_that_speaks_json_by_now_tells_its_former_code():
    """Clients of today take it from there, and others from the body."""
    target = {"HTTP_X_AMZ_TARGET": "AmazonSQS.SendMessage", "CONTENT_TYPE": "application/x-amz-json-1.0"}

    _, headers, body = denied.answer("sqs", MESSAGE, target)

    assert "AccessDenied;Sender" == headers["x-amzn-query-error"]
    assert {"__type": "com.amazon.coral.service#AccessDeniedException", "Message": MESSAGE} == json.loads(
        body
    )


@pytest.mark.parametrize("service", ["sqs", "monitoring"])
def test_older_clients_are_told_in_their_protocol(service):
    """That of forms, which has another code."""
    status, headers, body = denied.answer(service, "no", FORM)

    assert (403, "text/xml") == (status, headers["Content-Type"])
    assert b"<Code>AccessDenied</Code><Message>no</Message>" in body


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        (FORM, b"<Code>AccessDenied</Code>"),
        ({"HTTP_X_AMZ_TARGET": "Kinesis_20131202.ListStreams"}, b"#AccessDeniedException"),
        ({"PATH_INFO": "/box/a"}, b"<Error><Code>AccessDenied</Code>"),
    ],
)
def test_a_call_that_nobody_signs_is_denied_in_its_protocol(environ, said):
    """Which is all that tells its service."""
    assert said in denied.answer("", "no", environ)[2]


def test_a_service_without_a_table_is_denied_as_its_protocol_has_it():
    """Nobody has a right to it."""
    status, headers, _ = denied.answer("batch", "no", {"PATH_INFO": "/v1/describejobs"})

    assert (403, "AccessDeniedException") == (status, headers["x-amzn-ErrorType"])
