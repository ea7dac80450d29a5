from uuid import UUID, uuid4

import pytest

from email_sender.mail import Mail
from verify.content import Notification, digest, digest_of_mail

RECIPIENT = "success+load@simulator.amazonses.com"


def sent(**changes):
    """A mail as the Email Sender makes it."""
    parts = {"recipient": "a@b.example", "subject": "Load test", "body": "Number 7"} | changes
    return Mail("n-1", "from@x.example", traceparent="00-1-2-01", **parts).to_bytes()


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"body": "Zwölf Boxkämpfer"},
        {"subject": "Größe", "body": "two\nlines\n"},
        {"subject": "A subject that is folded: " + "sehr " * 30 + "größ"},
        {"body": "text", "html": "<p>text</p>"},
        {"body": "with\r\nother ends\r\n\r\n"},
        {"body": "x" * 2000},
        {"from_name": "Zoë", "list_unsubscribe": "https://x.example/u"},
        {"body": ""},
        {"body": "=?utf-8?q?no?= encoded word"},
    ],
)
def test_a_mail_says_what_was_asked_for(parts):
    """Whatever encoding the sender chose for it."""
    asked = {"subject": "Load test", "body": "Number 7"} | parts

    assert digest(asked["subject"], asked["body"]) == digest_of_mail(sent(**parts))


@pytest.mark.parametrize("parts", [{"body": ""}, {"body": "Number 8"}, {"subject": "load test"}])
def test_another_mail_says_something_else(parts):
    """An empty body, another body, another subject."""
    assert digest("Load test", "Number 7") != digest_of_mail(sent(**parts))


def test_what_is_no_mail_has_a_digest_too():
    """A defective sender is the verdict's to judge."""
    assert digest("", "no head at all") == digest_of_mail(b"no head at all")


def test_each_notification_is_unlike_every_other():
    """By its recipient, by what it says and by its trace."""
    made = [Notification.numbered(uuid4(), RECIPIENT) for _ in range(50)]

    for values in zip(*((one.recipient, one.text, one.trace_id) for one in made), strict=True):
        assert len(made) == len(set(values))


def test_a_notification_goes_to_a_label_of_the_plans_recipient():
    """SES takes any label there, and no label costs reputation."""
    made = Notification.numbered(UUID(int=1 << 64), RECIPIENT)

    assert "success+load-0000000000000001@simulator.amazonses.com" == made.recipient
    assert (
        "me+-0000000000000001@x.example" == Notification.numbered(UUID(int=1 << 64), "me@x.example").recipient
    )


def test_one_of_eight_goes_beyond_ascii():
    """Those are sent in another encoding."""
    made = [Notification.numbered(UUID(int=number), RECIPIENT) for number in range(16)]

    assert [0, 8] == [number for number, one in enumerate(made) if not one.text.isascii()]


def test_a_request_tells_what_it_asks_for():
    """Before it is answered."""
    made = Notification.numbered(uuid4(), RECIPIENT)

    request = made.request(7.0, "load")

    assert (made.recipient, digest(made.subject, made.text), made.trace_id, "load") == (
        request.recipient,
        request.digest,
        request.trace_id,
        request.client,
    )
    assert (7.0, 7.0, 0, False) == (request.started_at, request.finished_at, request.status, request.accepted)
    assert made.traceparent.split("-")[1] == request.trace_id
