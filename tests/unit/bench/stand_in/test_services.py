import pytest
from botocore.exceptions import ClientError

from tests.bench.stand_in.errors import AwsError


async def test_secrets_are_told(client):
    """By name."""
    async with client("secretsmanager") as secrets:
        assert '{"clients": []}' == (await secrets.get_secret_value(SecretId="api-keys"))["SecretString"]
        with pytest.raises(ClientError, match="there is no such secret"):
            await secrets.get_secret_value(SecretId="other")


async def test_calls_are_counted(aws, client):
    """Every call of a service, none of the benchmark's own."""
    held, _ = aws
    async with client("sqs") as sqs:
        url = (await sqs.get_queue_url(QueueName="mails"))["QueueUrl"]
        await sqs.send_message(QueueUrl=url, MessageBody="a")
        await sqs.send_message(QueueUrl=url, MessageBody="b")

    assert {"Depth": 2} == held.answer("Bench.Depth", {"Queue": "mails"})
    assert {"GetQueueUrl": 1, "SendMessage": 2} == held.answer("Bench.Calls", {})


async def test_a_paused_queue_is_resumed(aws, client):
    """Who waits gets nothing until then, and everything then."""
    held, _ = aws
    held.answer("Bench.Pause", {"Queue": "mails"})
    async with client("sqs") as sqs:
        url = (await sqs.get_queue_url(QueueName="mails"))["QueueUrl"]
        await sqs.send_message(QueueUrl=url, MessageBody="a")
        assert "Messages" not in await sqs.receive_message(QueueUrl=url)
        held.answer("Bench.Resume", {"Queue": "mails"})
        assert 1 == len((await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20))["Messages"])


async def test_a_service_that_is_not_known_is_said(aws):
    """It must not look as if it had answered."""
    with pytest.raises(AwsError, match=r"does not know 'SNS\.Publish'"):
        aws[0].answer("SNS.Publish", {})
