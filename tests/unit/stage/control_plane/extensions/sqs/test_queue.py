import json

import pytest
from botocore.exceptions import ClientError

POLICY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Sid": "tls", "Effect": "Deny", "Action": "sqs:*", "Resource": "*"}],
    }
)


def attributes(sqs, queue):
    """Get all attributes of a queue."""
    return sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]


def test_a_redrive_policy_comes_back_without_spaces(sqs, queue):
    """As from AWS, where the Terraform provider compares texts."""
    dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
    arn = attributes(sqs, dead)["QueueArn"]

    sqs.set_queue_attributes(
        QueueUrl=queue,
        Attributes={"RedrivePolicy": json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 5})},
    )

    assert attributes(sqs, queue)["RedrivePolicy"] == (
        f'{{"deadLetterTargetArn":"{arn}","maxReceiveCount":5}}'
    )


def test_a_redrive_allow_policy_is_kept(sqs):
    """It is given at creation, changed, and asked for by name."""
    queue = sqs.create_queue(
        QueueName="dead", Attributes={"RedriveAllowPolicy": '{"redrivePermission": "denyAll"}'}
    )["QueueUrl"]
    before = attributes(sqs, queue)["RedriveAllowPolicy"]

    sqs.set_queue_attributes(
        QueueUrl=queue, Attributes={"RedriveAllowPolicy": '{"redrivePermission": "allowAll"}'}
    )

    after = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["RedriveAllowPolicy"])["Attributes"]
    assert '{"redrivePermission":"denyAll"}' == before
    assert {"RedriveAllowPolicy": '{"redrivePermission":"allowAll"}'} == after


def test_a_redrive_allow_policy_that_is_no_json_is_refused(sqs, queue):
    """The error says which parameter is wrong."""
    with pytest.raises(ClientError, match="RedriveAllowPolicy"):
        sqs.set_queue_attributes(QueueUrl=queue, Attributes={"RedriveAllowPolicy": "all"})


def test_a_queue_without_redrive_allow_policy_shows_none(sqs, queue):
    """As from AWS, an attribute that was never set is left out."""
    assert "RedriveAllowPolicy" not in attributes(sqs, queue)


def test_the_queue_policy_survives_other_changes(sqs, queue):
    """SetQueueAttributes changes what it names, and the policy only when it names it."""
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": POLICY})
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "45"})
    kept = attributes(sqs, queue)
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": ""})

    assert "45" == kept["VisibilityTimeout"]
    assert json.loads(POLICY)["Statement"] == json.loads(kept["Policy"])["Statement"]
    assert "Policy" not in attributes(sqs, queue)
