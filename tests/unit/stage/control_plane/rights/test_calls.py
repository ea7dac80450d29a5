import gzip
import json
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from moto.core.parse import JSONParser
from moto.core.utils import get_service_model

from stage.authorization.calls.authorize import asked
from stage.authorization.calls.call import Call
from stage.authorization.calls.table import table, table_of
from stage.authorization.errors import UnknownOperationError, UnplacedCallError
from stage.control_plane.rights.calls import call_of
from tests.unit.stage.authorization.calls.world import ACCOUNT, REGION, Things
from tests.unit.stage.control_plane.rights.sent import (
    ENDPOINT,
    MODELS,
    client,
    environ_of,
    examples,
    sent,
    serialized,
    signed,
)

QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:mail"
URL = f"{ENDPOINT}/{ACCOUNT}/mail"
JSON = {"Content-Type": "application/x-amz-json-1.0"}
FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
EACH = pytest.mark.parametrize(("prefix", "model"), MODELS)


def rights(call):
    """Actions and resources of a call."""
    return [(one.action, one.resource) for one in asked(call, Things())]


def form(service, path="/", **parameters):
    """A request of the query protocol."""
    headers = FORM | (signed(service) if service else {})
    return environ_of("POST", f"{ENDPOINT}{path}", headers, urlencode(parameters))


def targeted(service, target, body, **headers):
    """A request of the JSON protocol."""
    return environ_of(
        "POST", f"{ENDPOINT}/", {**JSON, **signed(service), "X-Amz-Target": target, **headers}, body
    )


@EACH
def test_a_request_takes_the_rights_of_its_call(prefix, model):
    """Whatever way its service's protocol spells them."""
    signed_for = table(prefix).signing_names[0]
    for call in examples(prefix, model):
        found = call_of(serialized(model, call.operation, call.parameters), signed_for, ACCOUNT)

        assert asked(replace(call, way=found.way), Things()) == asked(found, Things()), call.operation


@EACH
def test_a_client_s_request_takes_the_rights_of_its_call(prefix, model):
    """With all that boto3 makes of the parameters on their way."""
    signed_for = table(prefix).signing_names[0]
    for call in examples(prefix, model):
        found = call_of(sent(model, call.operation, call.parameters), signed_for, ACCOUNT)
        # What is not signed says no region.
        meant = replace(call, way=found.way, region=found.region)

        assert asked(meant, Things()) == asked(found, Things()), call.operation


@pytest.mark.parametrize(
    ("prefix", "model"),
    [one for one in MODELS if "json" in get_service_model(one[1]).metadata.get("protocols", ())],
)
def test_a_body_of_json_is_what_moto_s_parser_makes_of_it(prefix, model):
    """As far as rights go: nobody is authorized by a binary value or a time."""
    for call in examples(prefix, model):
        environ = serialized(model, call.operation, call.parameters)
        found = call_of(environ, table(prefix).signing_names[0], ACCOUNT)
        operation = get_service_model(model).operation_model(call.operation)
        parsed = JSONParser(operation).parse({"body": environ["wsgi.input"].read()})

        assert asked(replace(found, parameters=parsed), Things()) == asked(found, Things()), call.operation


@pytest.mark.parametrize(
    ("model", "operation", "action"),
    [
        ("lambda", "ListFunctions", "lambda:ListFunctions"),
        ("pipes", "ListPipes", "pipes:ListPipes"),
        ("scheduler", "ListSchedules", "scheduler:ListSchedules"),
        ("ec2", "DescribeVpcs", "ec2:DescribeVpcs"),
    ],
)
def test_an_operation_about_nothing_narrower_is_found_too(model, operation, action):
    """Nobody writes those down."""
    assert [(action, "*")] == rights(call_of(sent(model, operation, {}), model, ACCOUNT))


@pytest.mark.parametrize(
    ("model", "operation", "parameters", "service"),
    [
        ("sqs", "SendMessage", {"QueueUrl": URL, "MessageBody": "a"}, "sqs"),
        ("sns", "Publish", {"TopicArn": f"arn:aws:sns:{REGION}:{ACCOUNT}:a", "Message": "a"}, "sns"),
        ("s3", "PutBucketPolicy", {"Bucket": "box", "Policy": "{}"}, "s3"),
        ("s3", "PutObject", {"Bucket": "box", "Key": "a", "Body": b"all of it"}, "s3"),
        ("sesv2", "CreateEmailIdentity", {"EmailIdentity": "a@example.com"}, "ses"),
    ],
)
def test_the_body_stays_for_whoever_answers(model, operation, parameters, service):
    """And is read from its beginning."""
    environ = sent(model, operation, parameters)
    before = environ["wsgi.input"].getvalue()

    call_of(environ, service, ACCOUNT)

    assert before
    assert before == environ["wsgi.input"].read()


@pytest.mark.parametrize("operation", ["PutObject", "UploadPart"])
def test_what_is_stored_is_not_read(operation):
    """It may be large, and no policy is about it."""
    parameters = {"Bucket": "box", "Key": "a/b", "Body": b"a"}
    parameters |= {"PartNumber": 1, "UploadId": "one"} if operation == "UploadPart" else {}
    environ = sent("s3", operation, parameters) | {"wsgi.input": None}

    found = call_of(environ, "s3", ACCOUNT)

    assert [("s3:PutObject", "arn:aws:s3:::box/a/b")] == rights(found)
    assert environ["wsgi.input"] is None


def test_a_body_that_comes_in_pieces_is_read_to_its_end():
    """Its length is nowhere."""
    environ = targeted("sqs", "AmazonSQS.PurgeQueue", json.dumps({"QueueUrl": URL}))
    del environ["CONTENT_LENGTH"]

    found = call_of(environ | {"wsgi.input_terminated": True}, "sqs", ACCOUNT)

    assert [("sqs:PurgeQueue", QUEUE)] == rights(found)


def test_a_packed_body_is_unpacked_to_be_read():
    """boto3 packs metrics of more than 10 KB; whoever answers unpacks them again."""
    data = [{"MetricName": "m" * 250, "Value": 1} for _ in range(50)]
    environ = sent("cloudwatch", "PutMetricData", {"Namespace": "mail", "MetricData": data})
    assert "gzip" == environ["HTTP_CONTENT_ENCODING"]

    found = call_of(environ, "monitoring", ACCOUNT)

    assert "mail" == found.parameters["Namespace"]
    assert b"mail" in gzip.decompress(environ["wsgi.input"].read())


def test_sqs_takes_a_queue_from_the_path():
    """In the query protocol, which older SDKs speak to the queue's own URL."""
    told = {"Action": "SendMessage", "Version": "2012-11-05", "MessageBody": "a"}

    assert [("sqs:SendMessage", QUEUE)] == rights(
        call_of(form("sqs", f"/{ACCOUNT}/mail", **told), "sqs", ACCOUNT)
    )
    assert [("sqs:SendMessage", f"{QUEUE}s")] == rights(
        call_of(form("sqs", f"/{ACCOUNT}/mail", QueueUrl=f"{URL}s", **told), "sqs", ACCOUNT)
    )


def test_a_form_is_a_form_whatever_else_its_headers_say():
    """So does whoever answers."""
    environ = form("sqs", Action="SendMessage", Version="2012-11-05", QueueUrl=URL)

    found = call_of(environ | {"HTTP_X_AMZ_TARGET": "AmazonSQS.ListQueues"}, "sqs", ACCOUNT)

    assert [("sqs:SendMessage", QUEUE)] == rights(found)


def test_times_and_binary_values_stay_texts():
    """Nobody is authorized by them, and a wrong one is refused by whoever answers."""
    told = {"Action": "GetMetricStatistics", "Version": "2010-08-01", "StartTime": "whenever"}

    assert "whenever" == call_of(form("monitoring", **told), "monitoring", ACCOUNT).parameters["StartTime"]


def test_a_call_is_made_where_it_is_signed_for():
    """Which says its partition too."""
    asked_for = {"QueueUrl": URL}
    found = call_of(sent("sqs", "PurgeQueue", asked_for, "cn-north-1"), "sqs", ACCOUNT)

    assert ("cn-north-1", "aws-cn", "amazonaws.com.cn") == (found.region, found.partition, found.domain)
    assert [("sqs:PurgeQueue", f"arn:aws-cn:sqs:cn-north-1:{ACCOUNT}:mail")] == rights(found)


@pytest.mark.parametrize(
    ("model", "method", "parameters", "action", "resource"),
    [
        ("s3", "get_object", {"Bucket": "box", "Key": "a/b c"}, "s3:GetObject", "arn:aws:s3:::box/a/b c"),
        ("s3", "put_object", {"Bucket": "box", "Key": "a"}, "s3:PutObject", "arn:aws:s3:::box/a"),
        ("s3", "head_bucket", {"Bucket": "box"}, "s3:ListBucket", "arn:aws:s3:::box"),
        ("sts", "get_caller_identity", {}, "sts:GetCallerIdentity", "*"),
    ],
)
def test_a_url_that_is_signed_itself_is_a_call(model, method, parameters, action, resource):
    """It says all that a client would."""
    verb = {"put_object": "PUT", "head_bucket": "HEAD"}.get(method, "GET")
    url = client(model, signature_version="s3v4").generate_presigned_url(method, parameters, HttpMethod=verb)

    found = call_of(environ_of(verb, url, {}), model, ACCOUNT)

    assert [(action, resource)] == rights(found)
    assert REGION == found.region


def test_roles_are_taken_by_calls_that_nobody_signs():
    """The token of AssumeRoleWithWebIdentity is all that it has."""
    role = f"arn:aws:iam::{ACCOUNT}:role/deploy"
    environ = sent(
        "sts",
        "AssumeRoleWithWebIdentity",
        {"RoleArn": role, "RoleSessionName": "one", "WebIdentityToken": "a.b.c"},
    )
    assert "HTTP_AUTHORIZATION" not in environ

    assert [("sts:AssumeRoleWithWebIdentity", role)] == rights(call_of(environ, "", ACCOUNT))


def test_others_are_told_by_what_they_say():
    """A queue and a bucket may be everybody's."""
    queue = targeted("sqs", "AmazonSQS.SendMessage", json.dumps({"QueueUrl": URL}))
    topic = form("", Action="Publish", Version="2010-03-31", TopicArn=f"arn:aws:sns:{REGION}:{ACCOUNT}:a")
    thing = environ_of("GET", f"{ENDPOINT}/box/a", {})

    assert ["sqs", "sns", "s3"] == [call_of(one, "", ACCOUNT).service for one in (queue, topic, thing)]


@pytest.mark.parametrize(
    ("environ", "service"),
    [
        # Classic load balancers, and SES's first API.
        (
            form("elasticloadbalancing", Action="DescribeLoadBalancers", Version="2012-06-01"),
            "elasticloadbalancing",
        ),
        (form("ses", Action="SendEmail", Version="2010-12-01"), "ses"),
        (form("iam", Action="NoSuchThing", Version="2010-05-08"), "iam"),
        (form("iam", Version="2010-05-08"), "iam"),
        # moto would delete what is listed here.
        (form("iam", "/?Action=DeleteRole", Action="ListRoles", Version="2010-05-08"), "iam"),
        (targeted("sqs", "AmazonSQS.ListQueues", "{}") | {"QUERY_STRING": "Action=PurgeQueue"}, "sqs"),
        (targeted("sqs", "AmazonSQS.NoSuchThing", "{}"), "sqs"),
        (targeted("sqs", "DynamoDB_20120810.DeleteTable", "{}"), "sqs"),
        (targeted("dynamodb", "DynamoDBStreams_20120810.ListStreams", "{}"), "dynamodb"),
        (targeted("kinesis", "Kinesis_20131202.ListStreams", "{}"), "kinesis"),
        (environ_of("POST", f"{ENDPOINT}/", JSON | signed("ecs"), "{}"), "ecs"),
        (environ_of("POST", f"{ENDPOINT}/service/x/operation/y", signed("monitoring"), b""), "monitoring"),
        (environ_of("GET", f"{ENDPOINT}/v1/email/account", signed("ses")), "ses"),
        (environ_of("PATCH", f"{ENDPOINT}/v2/email/account", signed("ses")), "ses"),
        (environ_of("GET", f"{ENDPOINT}/v2/email/account?Action=DeleteEmailIdentity", signed("ses")), "ses"),
        (targeted("secretsmanager", "secretsmanager.GetSecretValue", "{}"), ""),
        (form("", Action="ListRoles", Version="2010-05-08"), ""),
        (environ_of("POST", f"{ENDPOINT}/moto-api/reset", {}), ""),
    ],
)
def test_what_nobody_knows_is_refused_by_name(environ, service):
    """A guess would be as good as "allowed"."""
    with pytest.raises(UnknownOperationError):
        call_of(environ, service, ACCOUNT)


@pytest.mark.parametrize(
    ("environ", "service"),
    [
        (targeted("sqs", "AmazonSQS.SendMessage", "{"), "sqs"),
        (targeted("sqs", "AmazonSQS.SendMessage", "[]"), "sqs"),
        (targeted("sqs", "AmazonSQS.SendMessage", "{}", **{"Content-Encoding": "gzip"}), "sqs"),
        (form("iam", Action="ListRoles", Version="2010-05-08", MaxItems="many"), "iam"),
        (environ_of("PUT", f"{ENDPOINT}/box?tagging", signed("s3"), "<Tagging>"), "s3"),
        (environ_of("POST", f"{ENDPOINT}/v2/email/identities", signed("ses"), "[]"), "ses"),
    ],
)
def test_parameters_that_cannot_be_read_are_refused(environ, service):
    """AWS says that they are malformed."""
    with pytest.raises(UnplacedCallError, match="cannot be read"):
        call_of(environ, service, ACCOUNT)


def test_a_call_has_its_way():
    """As it came."""
    environ = form("ec2", Action="DescribeVpcs", Version="2016-11-15") | {"REMOTE_ADDR": "127.0.0.2"}

    way = call_of(environ, "ec2", ACCOUNT).way

    assert ("127.0.0.2", REGION, True) == (way["aws:SourceIp"], way["ec2:Region"], way["aws:SecureTransport"])


def test_a_call_is_of_the_service_that_it_is_signed_for():
    """By whose table it is authorized."""
    found = call_of(sent("elbv2", "DescribeLoadBalancers", {}), "elasticloadbalancing", ACCOUNT)

    assert isinstance(found, Call)
    assert "elasticloadbalancing" == table_of(found.service).prefix
