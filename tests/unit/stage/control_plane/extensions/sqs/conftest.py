import pytest


@pytest.fixture
def sqs(client):
    """An SQS without queues."""
    return client("sqs")


@pytest.fixture
def queue(sqs):
    """URL of a queue with default settings."""
    return sqs.create_queue(QueueName="mail")["QueueUrl"]
