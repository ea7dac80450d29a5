"""What SES says of a mail comes back by its topic and queue."""

import json
from datetime import UTC, datetime

import pytest

from tests.integration.caller import written
from tests.integration.dead_letters import read_dead_letters
from tests.integration.waiting import wait_for


@pytest.fixture
def publish(system):
    """Publishes an event where SES is told to: to the topic of the configuration set."""
    (destination,) = system.aws("sesv2").get_configuration_set_event_destinations(
        ConfigurationSetName=system.applied.names["SES_CONFIGURATION_SET"]
    )["EventDestinations"]

    def publish_event(event):
        system.aws("sns").publish(
            TopicArn=destination["SnsDestination"]["TopicArn"], Message=json.dumps(event)
        )

    return publish_event


def _bounce(notification_id, recipient):
    """That a mailbox does not exist.

    https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-examples.html#event-publishing-retrieving-sns-bounce
    """
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    return {
        "eventType": "Bounce",
        "bounce": {
            "bounceType": "Permanent",
            "bounceSubType": "General",
            "bouncedRecipients": [
                {
                    "emailAddress": recipient,
                    "action": "failed",
                    "status": "5.1.1",
                    "diagnosticCode": f"smtp; 550 5.1.1 <{recipient}>: user unknown",
                }
            ],
            "timestamp": now,
            "feedbackId": "0100017d-bounce-000000",
            "reportingMTA": "dsn; a1-2.smtp-out.example.com",
        },
        "mail": {
            "timestamp": now,
            "messageId": "0100017d-mail-000000",
            "destination": [recipient],
            "tags": {"notification_id": [notification_id], "attempt": ["1"]},
        },
    }


def test_a_bounce_is_told_and_the_address_gets_no_further_mail(system, publish):
    """Whoever asked sees `bounced` with the reason; the next notification to the address is no mail."""
    recipient = "gone@example.com"
    first = system.caller.accepted(written(recipient))
    wait_for("state sent", lambda: system.caller.state(first) == "sent")

    publish(_bounce(first, recipient))

    wait_for("state bounced", lambda: system.caller.state(first) == "bounced")
    (*_, last) = system.caller.status(first)["timeline"]
    assert "bounced" == last["event"]
    assert "user unknown" in last["detail"]
    assert recipient not in json.dumps(last)
    second = system.caller.accepted(written(recipient))
    wait_for("state failed", lambda: system.caller.state(second) == "failed")
    assert "suppression list" in system.caller.status(second)["timeline"][-1]["detail"]
    assert [] == system.mail_server.mails_of(second)


def test_what_is_no_event_is_put_aside(system):
    """It is on the events' own dead-letter queue, as it was."""
    no_event = '{"eventType": "Bounce"}'
    sqs = system.aws("sqs")

    sqs.send_message(QueueUrl=system.queue_url("MAIL_EVENTS_QUEUE_NAME"), MessageBody=no_event)

    letters = system.queue_url("MAIL_EVENTS_DEAD_LETTER_QUEUE_NAME")
    (letter,) = wait_for("dead letter", lambda: read_dead_letters(sqs, letters))
    assert no_event == letter.body
    assert letter.reason.startswith("malformed")
