import json
import ssl

import pytest
from botocore.exceptions import SSLError

from shared.aws_client import TimeLimits, lean_client
from tests.waiting import SOON

_REGION = "eu-central-1"


@pytest.fixture
def sqs():
    """A client of SQS with two operations on the short way, to be entered."""
    limits = TimeLimits(SOON, SOON)
    operations = {"SendMessageBatch": limits, "ReceiveMessage": limits}
    return lean_client("sqs", operations, region=_REGION, limits=limits, connections=2)


@pytest.mark.usefixtures("aws")
async def test_what_is_given_arrives(sqs, queue):
    """Body and attributes, in any script; sent and received on the short way, found on the long one."""
    attributes = {"traceparent": {"DataType": "String", "StringValue": "00-1"}}
    entries = [{"Id": "0", "MessageBody": '{"body":"Grüße\\n🎉"}'.encode(), "MessageAttributes": attributes}]
    async with sqs as client:
        url = (await client.get_queue_url(QueueName=queue.name))["QueueUrl"]
        sent = await client.send_message_batch(QueueUrl=url, Entries=entries)
        taken = await client.receive_message(QueueUrl=url, MessageAttributeNames=["All"], WaitTimeSeconds=1)

    assert ["0"] == [entry["Id"] for entry in sent["Successful"]]
    [message] = taken["Messages"]
    assert {"body": "Grüße\n🎉"} == json.loads(message["Body"])
    assert attributes == message["MessageAttributes"]


@pytest.mark.usefixtures("aws")
async def test_certificates_are_those_that_botocore_trusts(sqs, monkeypatch, tmp_path, moto_url):
    """A service is spoken to if `AWS_CA_BUNDLE`, or botocore's own list, vouches for it."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto_url.replace("http:", "https:"))
    bundle = tmp_path / "bundle.pem"
    bundle.write_text("no certificate")
    monkeypatch.setenv("AWS_CA_BUNDLE", str(bundle))

    with pytest.raises(ssl.SSLError):
        async with sqs:
            pass


@pytest.mark.usefixtures("aws")
async def test_nobody_is_spoken_to_without_a_certificate(sqs, monkeypatch, moto_url):
    """A server that speaks no TLS is none."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto_url.replace("http:", "https:"))
    monkeypatch.delenv("AWS_CA_BUNDLE", raising=False)
    async with sqs as client:
        with pytest.raises(SSLError):
            await client.receive_message(QueueUrl="u")
