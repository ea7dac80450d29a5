import pytest

from stage.authorization.principals import Principal
from stage.authorization.request import Request
from stage.control_plane.rights.way import way_of
from tests.unit.stage.authorization.calls.world import ACCOUNT, REGION
from tests.unit.stage.control_plane.rights.sent import client, environ_of, sent

NOW = 1_767_225_600.5
OBJECT = {"Bucket": "box", "Key": "a"}


def test_a_call_stands_for_one_over_tls():
    """On AWS, whoever makes it would make it so; and its moment is the machine's."""
    environ = {"REMOTE_ADDR": "127.0.0.2", "HTTP_USER_AGENT": "Boto3", "HTTP_REFERER": "http://a.example"}

    assert {
        "aws:SecureTransport": True,
        "aws:SourceIp": "127.0.0.2",
        "aws:UserAgent": "Boto3",
        "aws:Referer": "http://a.example",
        "aws:EpochTime": 1_767_225_600,
        "aws:CurrentTime": "2026-01-01T00:00:00Z",
    } == way_of(environ, "sqs", REGION, NOW)


def test_what_a_call_does_not_tell_has_no_key():
    """A condition of a missing key is another one than of an empty one."""
    assert {"aws:SecureTransport", "aws:EpochTime", "aws:CurrentTime"} == way_of({}, "sqs", REGION).keys()


def test_s3_tells_how_a_call_is_signed():
    """In a header, or in the URL with its age in milliseconds."""
    by_header = way_of(sent("s3", "GetObject", OBJECT), "s3", REGION, NOW)
    url = client("s3", signature_version="s3v4").generate_presigned_url("get_object", OBJECT)
    dated = url.partition("X-Amz-Date=")
    url = f"{dated[0]}X-Amz-Date=20251231T235950Z&{dated[2].partition('&')[2]}"
    by_url = way_of(environ_of("GET", url, {}), "s3", REGION, NOW)

    assert ("REST-HEADER", "AWS4-HMAC-SHA256", 1.3) == _signed(by_header)
    assert "s3:signatureAge" not in by_header
    assert "s3:x-amz-content-sha256" in by_header
    assert ("REST-QUERY-STRING", "AWS4-HMAC-SHA256", 1.3) == _signed(by_url)
    assert 10_500 == by_url["s3:signatureAge"]


def test_a_call_that_nobody_signs_has_no_signature():
    """S3 takes such calls where a bucket's policy does."""
    way = way_of({}, "", REGION)

    assert 1.3 == way["s3:TlsVersion"]
    assert not {"s3:authType", "s3:signatureversion", "s3:signatureAge"} & way.keys()


@pytest.mark.parametrize(
    ("service", "action"),
    [("s3", "s3:ListAllMyBuckets"), ("ec2", "ec2:DescribeVpcs"), ("ses", "ses:ListIdentities")],
)
def test_each_key_is_one_that_aws_has(service, action):
    """A request with another one is refused."""
    caller = Principal.of(f"arn:aws:iam::{ACCOUNT}:user/carlos")
    way = way_of(sent("s3", "GetObject", OBJECT), service, REGION)

    assert Request(caller, action, context=way).known


def test_services_tell_what_only_they_know():
    """EC2 its region, and SES which of its two interfaces is spoken to."""
    assert REGION == way_of({}, "ec2", REGION)["ec2:Region"]
    assert "2" == way_of({}, "ses", REGION)["ses:ApiVersion"]


def _signed(way):
    return way["s3:authType"], way["s3:signatureversion"], way["s3:TlsVersion"]
