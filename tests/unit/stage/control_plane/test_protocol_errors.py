import json

import pytest

from stage.control_plane.protocol_errors import Protocol, Said, answer, protocol_of

FORM = {"CONTENT_TYPE": "application/x-www-form-urlencoded; charset=utf-8"}
TARGET = {"HTTP_X_AMZ_TARGET": "AmazonSQS.SendMessage", "CONTENT_TYPE": "application/x-amz-json-1.0"}
SAID = Said(403, "No", "a < b & c")


@pytest.mark.parametrize(
    ("service", "environ", "protocol"),
    [
        ("sqs", FORM, Protocol.QUERY),
        ("sqs", TARGET, Protocol.JSON),
        ("sts", {"QUERY_STRING": "Action=GetCallerIdentity&Version=2011-06-15"}, Protocol.QUERY),
        ("ec2", FORM, Protocol.EC2),
        ("route53", {"PATH_INFO": "/2013-04-01/hostedzone"}, Protocol.REST_XML),
        ("ses", {"PATH_INFO": "/v2/email/account"}, Protocol.REST_JSON),
        ("s3", FORM | {"PATH_INFO": "/box/a"}, Protocol.S3),
        ("s3", {"PATH_INFO": "/v20180820/tags/a"}, Protocol.REST_XML),
        ("", FORM, Protocol.QUERY),
        ("", TARGET, Protocol.JSON),
        ("", {"PATH_INFO": "/box/a"}, Protocol.S3),
    ],
)
def test_a_request_tells_its_protocol(service, environ, protocol):
    """With the service that it is signed for, if it is."""
    assert protocol is protocol_of(service, environ)


@pytest.mark.parametrize("protocol", [Protocol.EC2, Protocol.QUERY, Protocol.REST_XML, Protocol.S3])
def test_what_is_markup_in_xml_is_escaped(protocol):
    """A message may repeat a name that somebody chose."""
    status, headers, body = answer(protocol, SAID, {})

    assert (403, "text/xml", str(len(body))) == (status, headers["Content-Type"], headers["Content-Length"])
    assert b"<Code>No</Code><Message>a &lt; b &amp; c</Message>" in body


@pytest.mark.parametrize(
    ("protocol", "begins"),
    [
        (Protocol.EC2, b"<Response><Errors><Error>"),
        (Protocol.QUERY, b"<ErrorResponse><Error>"),
        (Protocol.REST_XML, b"<ErrorResponse><Error>"),
        (Protocol.S3, b"<Error>"),
    ],
)
def test_an_error_is_wrapped_as_its_protocol_has_it(protocol, begins):
    """The SDK for Go, which Terraform's provider has, looks nowhere else."""
    assert answer(protocol, SAID, {})[2].startswith(begins)


@pytest.mark.parametrize("key", ["message", "Message"])
def test_json_has_the_message_as_the_error_spells_it(key):
    """Clients take both."""
    said = Said(400, "No", "a < b", key=key)

    assert {"__type": "com.amazon.coral.service#No", key: "a < b"} == json.loads(
        answer(Protocol.JSON, said, TARGET)[2]
    )
    assert {key: "a < b"} == json.loads(answer(Protocol.REST_JSON, said, {})[2])


def test_only_a_service_that_spoke_another_protocol_tells_its_code_of_then():
    """Others have no such header."""
    before = Said(400, "NoException", "no", query_code="No")

    assert "No;Sender" == answer(Protocol.JSON, before, TARGET)[1]["x-amzn-query-error"]
    assert "x-amzn-query-error" not in answer(Protocol.JSON, SAID, TARGET)[1]


def test_an_answer_to_head_is_empty():
    """HTTP allows it no body."""
    _, headers, body = answer(Protocol.S3, SAID, {"REQUEST_METHOD": "HEAD"})

    assert (b"", "0") == (body, headers["Content-Length"])
