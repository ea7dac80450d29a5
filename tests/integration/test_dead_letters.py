"""What cannot be sent is put aside with its reason, and sent once what was wrong is mended."""

import pytest

from tests.integration.caller import written
from tests.integration.waiting import wait_for

_REFUSED = "turned-away@example.com"


def test_a_malformed_message_is_put_aside_at_once(system):
    """Nobody tries it again: it is a dead letter with its reason, and other mail goes on."""
    poison = '{"schema_version": 1, "id": "not a notification"}'

    system.aws("sqs").send_message(QueueUrl=system.queue_url("QUEUE_NAME"), MessageBody=poison)

    letters = wait_for("dead letter", lambda: [one for one in system.dead_letters() if one.body == poison])
    assert letters[0].reason.startswith("malformed")
    made = system.caller.accepted(written("after-poison@example.com"))
    wait_for("mail", lambda: system.mail_server.mails_of(made))


@pytest.fixture
def refused(system):
    """A notification that the mail server refuses for good, on the dead-letter queue."""
    system.mail_server.behave(refused=[_REFUSED])
    made = system.caller.accepted(written(_REFUSED))
    wait_for("state failed", lambda: system.caller.state(made) == "failed")
    system.mail_server.behave(refused=[])
    return made


def test_a_dead_letter_is_sent_after_redrive(system, refused):
    """It carries the mail server's reason; `email-sender redrive` brings it back, and it goes out."""
    (letter,) = wait_for(
        "dead letter",
        lambda: [one for one in system.dead_letters() if one.notification_id == refused],
    )
    assert "refused by policy" in letter.reason
    assert [] == system.mail_server.mails_of(refused)

    status, said = system.sender.container.wrapped.exec_run(
        ["python", "-m", "email_sender", "redrive", "--reason", "refused by policy"]
    )

    assert 0 == status, said.decode()
    wait_for("mail", lambda: system.mail_server.mails_of(refused))
    wait_for("state sent", lambda: system.caller.state(refused) == "sent")
    assert [] == [one for one in system.dead_letters() if one.notification_id == refused]
