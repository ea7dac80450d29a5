"""Gaps of SQS."""

import json
import socket
import sys

from tests.unit.stage.control_plane.extensions.gaps.world import calls

_POLICY = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "sqs:*", "Resource": "*"}]}
)

# Files of moto and of ours that keep messages.
_STORES = ("/sqs/models.py", "/sqs/message_store.py")


def _queue(aws, name="mail", **attributes):
    sqs = aws("sqs")
    return sqs, sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]


def _attributes(sqs, queue):
    return sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]


def _send(sqs, queue, times=1):
    for _ in range(times):
        sqs.send_message(QueueUrl=queue, MessageBody="x")


def redrive_allow_policy(aws):
    """It is given, and comes back."""
    sqs, queue = _queue(aws, RedriveAllowPolicy='{"redrivePermission":"denyAll"}')
    return '{"redrivePermission":"denyAll"}' == _attributes(sqs, queue)["RedriveAllowPolicy"]


def compact_redrive_policy(aws):
    """It comes back without spaces."""
    sqs, dead = _queue(aws, "dead")
    policy = {"deadLetterTargetArn": _attributes(sqs, dead)["QueueArn"], "maxReceiveCount": 5}
    _, queue = _queue(aws, RedrivePolicy=json.dumps(policy))
    return " " not in _attributes(sqs, queue)["RedrivePolicy"]


def policy_kept(aws):
    """It is there after a change of something else."""
    sqs, queue = _queue(aws, Policy=_POLICY)
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "45"})
    return "Policy" in _attributes(sqs, queue)


def cost_of_send(aws):
    """It does no more in a queue of a hundred messages than in an empty one."""
    sqs, queue = _queue(aws)
    _send(sqs, queue)
    before = calls(lambda: _send(sqs, queue))
    _send(sqs, queue, 100)
    return calls(lambda: _send(sqs, queue)).total() < before.total() + 100


def cost_of_receive(aws):
    """It does no more in a queue of a hundred messages than in one of a few."""
    sqs, queue = _queue(aws)
    _send(sqs, queue, 3)
    sqs.receive_message(QueueUrl=queue)
    before = calls(lambda: sqs.receive_message(QueueUrl=queue))
    _send(sqs, queue, 100)
    return calls(lambda: sqs.receive_message(QueueUrl=queue)).total() < before.total() + 100


def nothing_lost(aws):
    """Every message that is sent while another is deleted is there afterwards."""
    sqs, queue = _queue(aws)
    _send(sqs, queue)
    handle = sqs.receive_message(QueueUrl=queue)["Messages"][0]["ReceiptHandle"]
    lines = set()

    def send(frame, event, _argument):
        """Send a message before each line of whatever deletes."""
        if event == "call" and not frame.f_code.co_filename.endswith(_STORES):
            return None
        line = (frame.f_code, frame.f_lineno)
        if event == "line" and line not in lines:
            lines.add(line)
            sys.settrace(None)
            _send(sqs, queue)
            sys.settrace(send)
        return send

    sys.settrace(send)
    try:
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=handle)
    finally:
        sys.settrace(None)
    return len(lines) == int(_attributes(sqs, queue)["ApproximateNumberOfMessages"])


def receiver_gone(aws):
    """A message is not given to a client that has closed its connection."""
    sqs, queue = _queue(aws)
    _send(sqs, queue)
    ours, theirs = socket.socketpair()
    with ours:
        theirs.close()
        aws.ask("sqs", {"QueueUrl": queue}, "AmazonSQS.ReceiveMessage", **{"werkzeug.socket": ours})
    return 1 == len(sqs.receive_message(QueueUrl=queue).get("Messages", []))
