import boto3
import pytest
from moto import mock_aws

from tests.bench.stand_in.digests import attributes_digest, body_digest

ATTRIBUTES = {
    "reason": {"DataType": "String", "StringValue": "gr\u00fcn"},
    "count": {"DataType": "Number", "StringValue": "7"},
}


@pytest.fixture
def sent():
    """What moto answers to a message."""
    with mock_aws():
        sqs = boto3.client("sqs", "eu-central-1", aws_access_key_id="x", aws_secret_access_key="x")
        url = sqs.create_queue(QueueName="q")["QueueUrl"]
        yield sqs.send_message(QueueUrl=url, MessageBody="hell\u00f6", MessageAttributes=ATTRIBUTES)


def test_digests_are_those_of_sqs(sent):
    """Body and attributes, as moto computes them."""
    assert sent["MD5OfMessageBody"] == body_digest("hell\u00f6")
    assert sent["MD5OfMessageAttributes"] == attributes_digest(ATTRIBUTES)


def test_binary_attributes_count_by_their_bytes():
    """They travel as base64, which is not what is digested."""
    binary = {"a": {"DataType": "Binary", "BinaryValue": "AAE="}}
    text = {"a": {"DataType": "Binary", "StringValue": "AAE="}}

    assert attributes_digest(text) != attributes_digest(binary)
