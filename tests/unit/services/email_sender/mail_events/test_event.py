import json
from datetime import UTC, datetime

import pytest

from email_sender.ledger import Feedback
from email_sender.mail_events.event import AboutTheTopicError, read_event


def _at(seconds):
    return datetime(2026, 11, 2, 10, tzinfo=UTC).timestamp() + seconds


@pytest.mark.parametrize(
    ("kind", "feedback"),
    [
        (
            "Bounce",
            ("bounced", _at(5.25), "Permanent General: smtp; 550 5.1.1 <address>: user unknown"),
        ),
        ("Complaint", ("complained", _at(9), "abuse")),
        ("Delivery", ("delivered", _at(3.5), "250 2.0.0 OK queued")),
        (
            "DeliveryDelay",
            (
                "delayed",
                _at(2),
                "TransientCommunicationFailure: smtp; 421 4.4.1 Unable to connect to remote host",
            ),
        ),
        ("Reject", ("failed", _at(1), "SES rejected it: Bad content")),
        (
            "Rendering Failure",
            ("failed", _at(1), "SES could not render it: Attribute 'name' is not present"),
        ),
    ],
)
def test_what_ses_says_of_a_mail(ses_record, kind, feedback):
    """Each of SES's records tells the ledger what became of which attempt, and when; nobody's address."""
    event = read_event(ses_record(kind))

    assert Feedback("id-1", 1, *feedback) == event.feedback
    assert "0100017d-mail-000000" == event.message_id


def test_what_a_server_says_of_a_mail_names_no_part_of_its_recipient(ses_record):
    """Some servers repeat what stands before the @ alone."""
    event = read_event(ses_record("Delivery", smtpResponse="250 2.0.0 OK for user ada"))

    assert "250 2.0.0 OK for user <address>" == event.feedback.reason


@pytest.mark.parametrize("kind", ["Send", "Open", "Click", "Subscription"])
def test_what_has_no_consequences(ses_record, kind):
    """What nobody asked for is read and taken off the queue."""
    event = read_event(ses_record(kind))

    assert (None, ()) == (event.feedback, event.suppress)


@pytest.mark.parametrize(
    ("kind", "changes", "suppressed"),
    [
        ("Bounce", {}, True),
        ("Bounce", {"bounceSubType": "OnAccountSuppressionList"}, True),
        ("Bounce", {"bounceType": "Transient", "bounceSubType": "MailboxFull"}, False),
        ("Bounce", {"bounceType": "Transient", "bounceSubType": "General"}, False),
        ("Bounce", {"bounceType": "Undetermined", "bounceSubType": "Undetermined"}, False),
        ("Complaint", {}, True),
        ("Complaint", {"complaintFeedbackType": None}, True),
        ("Complaint", {"complaintFeedbackType": "not-spam"}, False),
        ("Delivery", {}, False),
        ("DeliveryDelay", {}, False),
        ("Reject", {}, False),
    ],
)
def test_who_gets_no_more_mail(ses_record, kind, changes, suppressed):
    """Whoever has no mailbox, and whoever complains; not whose mailbox is full."""
    expected = ("ada@example.com",) if suppressed else ()

    assert expected == read_event(ses_record(kind, **changes)).suppress


def test_a_bounce_that_says_nothing_of_the_next_mail_is_soft(ses_record):
    """It is no reason to think that a mail which was delivered was not."""
    assert read_event(ses_record("Bounce", bounceType="Transient")).feedback.soft
    assert not read_event(ses_record("Bounce")).feedback.soft


def test_a_report_that_it_is_no_spam_is_no_complaint(ses_record):
    """RFC 5965 knows that kind too."""
    assert read_event(ses_record("Complaint", complaintFeedbackType="not-spam")).feedback is None


@pytest.mark.parametrize("kind", ["Bounce", "Delivery"])
def test_an_envelope_makes_no_difference(ses_record, in_envelope, kind):
    """With raw delivery or without, the record is the same."""
    record = ses_record(kind)

    assert read_event(record) == read_event(in_envelope(record))


def test_the_name_that_feedback_of_an_identity_has(ses_record):
    """SES calls the type otherwise where it is set up on the identity."""
    record = json.loads(ses_record("Bounce"))
    record["notificationType"] = record.pop("eventType")

    assert "Bounce" == read_event(json.dumps(record)).kind


@pytest.mark.parametrize(
    "tags",
    [
        {"notification_id": []},
        {"notification_id": ["suppressed/abc"]},
        {"notification_id": ["a" * 81]},
        {"attempt": ["0"]},
        {"attempt": []},
        {"attempt": ["first"]},
    ],
)
def test_a_mail_without_our_tags_is_not_ours(ses_record, tags):
    """It tells the ledger nothing; whoever has no mailbox gets no mail all the same."""
    event = read_event(ses_record("Bounce", tags=tags))

    assert (None, ("ada@example.com",)) == (event.feedback, event.suppress)


def test_what_is_about_the_topic(in_envelope):
    """SES's test of a topic, and what SNS says of a subscription, are about no mail."""
    test = "Successfully validated SNS topic for Amazon SES event publishing."
    subscribed = json.dumps(
        {"notificationType": "AmazonSnsSubscriptionSucceeded", "message": "You have subscribed your topic"}
    )
    confirmation = in_envelope("You have chosen to subscribe", "SubscriptionConfirmation")
    farewell = in_envelope("You have chosen to unsubscribe", "UnsubscribeConfirmation")
    for body in (test, in_envelope(test), subscribed, in_envelope(subscribed), confirmation, farewell):
        with pytest.raises(AboutTheTopicError):
            read_event(body)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "not JSON",
        "[]",
        "null",
        "[" * 100_000,
        "{}",
        '{"eventType": "Bounce"}',
        '{"eventType": "Telepathy", "mail": {"timestamp": "2026-11-02T10:00:01.000Z"}}',
        '{"eventType": "Delivery", "mail": {"timestamp": "2026-11-02T10:00:01.000Z"}}',
        '{"eventType": ["Bounce"], "mail": {}}',
        '{"Type": "Notification"}',
        '{"Type": "Notification", "Message": {"eventType": "Bounce"}}',
    ],
)
def test_what_ses_never_says(body):
    """It is malformed: no guess is made."""
    with pytest.raises(ValueError):  # noqa: PT011 - any of its kinds
        read_event(body)


@pytest.mark.parametrize(
    "changes",
    [
        {"timestamp": "yesterday"},
        {"timestamp": "2026-11-02T10:00:05.250"},
        {"bounceType": "Sudden"},
        {"bouncedRecipients": None},
        {"bouncedRecipients": [{"emailAddress": ""}]},
        {"bouncedRecipients": [{"emailAddress": "\ud800"}]},
    ],
)
def test_a_part_that_cannot_be_read(ses_record, changes):
    """A record is believed as a whole or not at all."""
    with pytest.raises(ValueError):  # noqa: PT011 - any of its kinds
        read_event(ses_record("Bounce", **changes))
