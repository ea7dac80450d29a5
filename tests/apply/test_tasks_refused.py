"""Tasks that try what their roles do not allow, with keys as ECS gives them.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
"""

import re

import pytest
from botocore.exceptions import ClientError

from tests.apply.attempts import DENIED, Attempt
from tests.apply.clients import ACCOUNT

staging = pytest.mark.parametrize("applied", ["staging"], indirect=True)

OTHER_ACCOUNT = "999988887777"
API, SENDER = "notification-api", "email-sender"
MAIL = {
    "Destination": {"ToAddresses": ["jo@example.com"]},
    "Content": {"Simple": {"Subject": {"Data": "Hello"}, "Body": {"Text": {"Data": "Hello"}}}},
}
ITEM = {"TableName": "SYSTEM-deliveries", "Key": {"notification_id": {"S": "0"}}}

# By what is tried: whose task tries which call.
ATTEMPTS = {
    "the SMTP login": (API, Attempt("secretsmanager", "get_secret_value", {"SecretId": "SYSTEM/smtp"})),
    "the API's keys": (
        SENDER,
        Attempt("secretsmanager", "get_secret_value", {"SecretId": "SYSTEM/api-keys"}),
    ),
    "new keys": (
        API,
        Attempt("secretsmanager", "put_secret_value", {"SecretId": "SYSTEM/api-keys", "SecretString": "{}"}),
    ),
    "a purge by the API": (API, Attempt("sqs", "purge_queue", {"QueueUrl": "SYSTEM-mail"})),
    "a purge by the sender": (SENDER, Attempt("sqs", "purge_queue", {"QueueUrl": "SYSTEM-mail"})),
    "the queue's end": (SENDER, Attempt("sqs", "delete_queue", {"QueueUrl": "SYSTEM-mail"})),
    "other settings": (
        SENDER,
        Attempt(
            "sqs",
            "set_queue_attributes",
            {"QueueUrl": "SYSTEM-mail", "Attributes": {"VisibilityTimeout": "0"}},
        ),
    ),
    "others' mails": (API, Attempt("sqs", "receive_message", {"QueueUrl": "SYSTEM-mail"})),
    "a mail of its own": (
        SENDER,
        Attempt("sqs", "send_message", {"QueueUrl": "SYSTEM-mail", "MessageBody": "{}"}),
    ),
    "dead letters": (SENDER, Attempt("sqs", "receive_message", {"QueueUrl": "SYSTEM-mail-dead-letter"})),
    "a delivery undone": (SENDER, Attempt("dynamodb", "delete_item", ITEM)),
    "all deliveries": (SENDER, Attempt("dynamodb", "scan", {"TableName": "SYSTEM-deliveries"})),
    "a delivery, by the API": (API, Attempt("dynamodb", "get_item", ITEM)),
    "another sender": (
        SENDER,
        Attempt("sesv2", "send_email", {"FromEmailAddress": "ceo@example.com", **MAIL}),
    ),
    "a mail by the API": (
        API,
        Attempt("sesv2", "send_email", {"FromEmailAddress": "no-reply@example.com", **MAIL}),
    ),
    "more tasks": (
        API,
        Attempt("ecs", "update_service", {"cluster": "SYSTEM", "service": API, "desiredCount": 9}),
    ),
    "more rights": (
        API,
        Attempt(
            "iam",
            "put_role_policy",
            {"RoleName": f"SYSTEM-{API}-task", "PolicyName": "more", "PolicyDocument": "{}"},
        ),
    ),
    "another role": (
        API,
        Attempt(
            "sts",
            "assume_role",
            {"RoleArn": f"arn:aws:iam::{ACCOUNT}:role/SYSTEM-{SENDER}-task", "RoleSessionName": "more"},
        ),
    ),
}


@pytest.fixture
def task_of(applied):
    """Gives clients of a service's task."""

    def clients(service):
        role = applied.aws("iam").get_role(RoleName=f"{applied.mode.system}-{service}-task")["Role"]["Arn"]
        return applied.rehearsal.account.as_task(role)

    return clients


@pytest.mark.parametrize("tried", ATTEMPTS)
@staging
def test_a_task_is_refused_what_its_role_does_not_allow(applied, task_of, tried):
    """By an AccessDenied of the service's own, with IAM's sentence on who may not do what."""
    service, attempt = ATTEMPTS[tried]
    with pytest.raises(ClientError) as refused:
        attempt.make(task_of(service), applied)
    error = refused.value.response["Error"]

    assert error["Code"] in DENIED
    assert f"assumed-role/{applied.mode.system}-{service}-task/" in error["Message"]
    assert f":{''.join(map(str.title, attempt.operation.split('_')))} " in error["Message"]
    assert re.search("because no (identity-based|role trust) policy allows", error["Message"])


@pytest.mark.parametrize(
    ("service", "attempt"),
    [
        (API, Attempt("secretsmanager", "get_secret_value", {"SecretId": "SYSTEM/api-keys"})),
        (API, Attempt("sqs", "send_message", {"QueueUrl": "SYSTEM-mail", "MessageBody": "{}"})),
        (SENDER, Attempt("sqs", "receive_message", {"QueueUrl": "SYSTEM-mail"})),
        (SENDER, Attempt("dynamodb", "get_item", ITEM)),
    ],
)
@staging
def test_a_task_does_its_own_work(applied, task_of, service, attempt):
    """What is refused above is refused for what is asked for, and not for who asks."""
    assert attempt.make(task_of(service), applied)


@staging
def test_a_role_of_another_account_is_refused(applied):
    """It has the name of one that may; tests/plan shows that nothing which it is allowed there would help."""
    role = f"arn:aws:iam::{OTHER_ACCOUNT}:role/{applied.mode.system}-{API}-task"
    for operation, more in (("send_message", {"MessageBody": "{}"}), ("receive_message", {})):
        attempt = Attempt("sqs", operation, {"QueueUrl": "SYSTEM-mail", **more})
        with pytest.raises(ClientError, match=f"arn:aws:sts::{OTHER_ACCOUNT}:assumed-role/") as refused:
            attempt.make(applied.rehearsal.account.as_task(role), applied)
        assert refused.value.response["Error"]["Code"] in DENIED
