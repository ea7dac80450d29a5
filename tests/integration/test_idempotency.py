"""However often a notification is asked for or handed out, there is one mail."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import uuid4

from shared.message import NotificationMessage
from tests.integration.caller import written
from tests.integration.followed import follow
from tests.integration.waiting import wait_for

_CALLERS = 100


def test_a_hundred_requests_with_one_key_are_one_mail(system):
    """Of 100 requests at once with the same Idempotency-Key all are accepted, and one mail goes out."""
    key, notification = f"order-{uuid4()}", written("once@example.com")

    with ThreadPoolExecutor(_CALLERS) as pool:
        ids = set(
            pool.map(lambda _: system.caller.accepted(notification, Idempotency_Key=key), range(_CALLERS))
        )
    (made,) = ids
    wait_for("empty queues", lambda: system.depth() == 0)

    assert 1 == len(system.mail_server.mails_of(made))


def test_the_same_key_with_another_body_is_refused_by_the_task_that_knows_it(system):
    """Whoever asks learns it at once, and nothing reaches the queue."""
    key = f"order-{uuid4()}"
    made = system.caller.accepted(written("first@example.com", "First"), Idempotency_Key=key)

    again = system.caller.post(written("first@example.com", "Second"), Idempotency_Key=key)

    assert 422 == again.status_code
    wait_for("mail", lambda: system.mail_server.mails_of(made))
    assert ["First"] == [mail.headers["subject"] for mail in system.mail_server.mails_of(made)]


def test_the_same_key_with_another_body_is_a_conflict(system):
    """A task that does not know of the first one accepts it; it is never sent, and the timeline says so."""
    key = f"order-{uuid4()}"
    made = system.caller.accepted(written("first@example.com", "First"), Idempotency_Key=key)
    wait_for("mail", lambda: system.mail_server.mails_of(made))
    system.api.kill()
    system.api.start()

    again = system.caller.accepted(written("first@example.com", "Second"), Idempotency_Key=key)

    assert made == again
    wait_for(
        "a conflict in the timeline",
        lambda: "conflict" in [event["event"] for event in system.caller.status(made)["timeline"]],
    )
    assert ["First"] == [mail.headers["subject"] for mail in system.mail_server.mails_of(made)]


def test_a_message_that_is_delivered_twice_is_one_mail(system):
    """SQS may hand the same message to two receivers: the ledger lets one of them send."""
    message = NotificationMessage(
        id=str(uuid4()),
        recipient="twice@example.com",
        subject="Hello",
        body="A body.",
        accepted_at=datetime.now(UTC),
    )
    follow(message.id)
    entries = [{"Id": str(number), "MessageBody": message.to_json()} for number in range(10)]

    system.aws("sqs").send_message_batch(QueueUrl=system.queue_url("QUEUE_NAME"), Entries=entries)
    wait_for("mail", lambda: system.mail_server.mails_of(message.id))
    wait_for("empty queues", lambda: system.depth() == 0)

    assert 1 == len(system.mail_server.mails_of(message.id))
