import json
import socket

import pytest
from botocore.exceptions import ClientError
from moto.sqs.models import sqs_backends

from stage.control_plane.extensions.sqs.backend import answering
from stage.control_plane.extensions.sqs.queue import Queue


def receive(sqs, queue, **fields):
    """Receive up to ten messages with everything they have."""
    return sqs.receive_message(
        QueueUrl=queue,
        MaxNumberOfMessages=10,
        AttributeNames=["All"],
        MessageAttributeNames=["All"],
        **fields,
    ).get("Messages", [])


def depth(sqs, queue):
    """Count visible, in-flight and delayed messages."""
    told = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    return tuple(int(told[f"ApproximateNumberOfMessages{kind}"]) for kind in ("", "NotVisible", "Delayed"))


def test_a_message_comes_back_as_it_was_sent(sqs, queue):
    """Body, attributes and receive count are those of the message."""
    sent = sqs.send_message(
        QueueUrl=queue,
        MessageBody="hello",
        MessageAttributes={
            "trace": {"DataType": "String", "StringValue": "abc"},
            "blob": {"DataType": "Binary", "BinaryValue": b"\x00\xff"},
        },
    )

    (received,) = receive(sqs, queue)

    assert (sent["MessageId"], sent["MD5OfMessageBody"], "hello") == (
        received["MessageId"],
        received["MD5OfBody"],
        received["Body"],
    )
    assert "abc" == received["MessageAttributes"]["trace"]["StringValue"]
    assert b"\x00\xff" == received["MessageAttributes"]["blob"]["BinaryValue"]
    assert "1" == received["Attributes"]["ApproximateReceiveCount"]


def test_the_depth_of_a_queue_follows_its_messages(sqs, queue):
    """Visible, in flight and delayed messages are counted; deleted ones are not."""
    for delay in (0, 0, 60):
        sqs.send_message(QueueUrl=queue, MessageBody="x", DelaySeconds=delay)
    sent = depth(sqs, queue)
    (first, second) = receive(sqs, queue)
    received = depth(sqs, queue)
    sqs.delete_message_batch(QueueUrl=queue, Entries=[{"Id": "1", "ReceiptHandle": first["ReceiptHandle"]}])
    sqs.change_message_visibility(QueueUrl=queue, ReceiptHandle=second["ReceiptHandle"], VisibilityTimeout=0)

    assert ((2, 0, 1), (0, 2, 1), (1, 0, 1)) == (sent, received, depth(sqs, queue))


def test_a_send_does_not_count_the_queue(sqs, queue, monkeypatch):
    """The cost of a send does not grow with the queue."""
    counted = []
    monkeypatch.setattr(
        Queue, "approximate_number_of_messages", property(lambda _queue: counted.append(1) or 0)
    )

    sqs.send_message_batch(QueueUrl=queue, Entries=[{"Id": "1", "MessageBody": "x"}])
    receive(sqs, queue)

    assert [] == counted


def test_a_poisonous_message_goes_to_the_dead_letter_queue(sqs, queue):
    """The receive after maxReceiveCount finds nothing; the dead-letter queue has the message."""
    dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sqs.set_queue_attributes(
        QueueUrl=queue,
        Attributes={"RedrivePolicy": json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 2})},
    )
    sqs.send_message(QueueUrl=queue, MessageBody="poison")

    received = [receive(sqs, queue, VisibilityTimeout=0) for _ in range(3)]

    assert [1, 1, 0] == [len(messages) for messages in received]
    assert ["poison"] == [message["Body"] for message in receive(sqs, dead)]


def test_errors_are_those_of_aws(sqs, queue):
    """A handle of nothing, a message that is gone, and a delay too long have AWS's codes."""
    sqs.send_message(QueueUrl=queue, MessageBody="x")
    handle = receive(sqs, queue)[0]["ReceiptHandle"]
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=handle)

    with pytest.raises(ClientError, match="ReceiptHandleIsInvalid"):
        sqs.delete_message(QueueUrl=queue, ReceiptHandle="nonsense")
    with pytest.raises(ClientError, match="not available for visibility timeout change"):
        sqs.change_message_visibility(QueueUrl=queue, ReceiptHandle=handle, VisibilityTimeout=1)
    with pytest.raises(ClientError, match="DelaySeconds must be >= 0 and <= 900"):
        sqs.send_message(QueueUrl=queue, MessageBody="x", DelaySeconds=901)


def test_a_purged_queue_is_empty(sqs, queue):
    """PurgeQueue forgets every message."""
    sqs.send_message(QueueUrl=queue, MessageBody="x")

    sqs.purge_queue(QueueUrl=queue)

    assert ((0, 0, 0), []) == (depth(sqs, queue), receive(sqs, queue))


def test_a_fifo_queue_keeps_its_order_and_its_duplicates_out(sqs):
    """Moto's own queue is left alone."""
    queue = sqs.create_queue(
        QueueName="mail.fifo", Attributes={"FifoQueue": "true", "ContentBasedDeduplication": "true"}
    )["QueueUrl"]
    for body in ("a", "b", "a"):
        sqs.send_message(QueueUrl=queue, MessageBody=body, MessageGroupId="group")

    messages = receive(sqs, queue)
    for message in messages:
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])

    assert ["a", "b"] == [message["Body"] for message in messages]
    assert (0, 0, 0) == depth(sqs, queue)


def test_a_client_that_closed_its_connection_receives_nothing(sqs, queue):
    """The message stays for somebody who is there."""
    sqs.send_message(QueueUrl=queue, MessageBody="x")
    backend = sqs_backends["123456789012"]["eu-central-1"]
    ours, theirs = socket.socketpair()

    with ours:
        theirs.close()
        with answering(ours):
            gone = backend.receive_message("mail", 1, 0, 30)
    there = backend.receive_message("mail", 1, 0, 30)

    assert (0, 1) == (len(gone), len(there))
