"""From a request to a mail."""

import json

import pytest

from tests.integration.caller import written
from tests.integration.waiting import wait_for

_TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
_LOGGED_TRACE = "0af7651916cd43dd8448eb211c80319c"


def test_a_request_becomes_a_mail(system):
    """The mail has the subject and the text of the request, and nobody else gets it."""
    made = system.caller.accepted(written("ada@example.com", "Grüße", "Zeile eins\nZeile zwei"))

    (mail,) = wait_for("mail", lambda: system.mail_server.mails_of(made))

    assert ("ada@example.com", "Grüße") == (mail.recipient, mail.headers["subject"])
    assert "Zeile eins\nZeile zwei" == mail.body.replace("\r\n", "\n").strip()


def test_a_template_is_filled_in(system):
    """What the mail says comes from a template and the caller's data."""
    made = system.caller.accepted(
        {"recipient": "grace@example.com", "template": "welcome", "data": {"name": "Grace"}}
    )

    (mail,) = wait_for("mail", lambda: system.mail_server.mails_of(made))

    assert "Grace" in mail.body


def test_a_trace_goes_from_the_request_into_the_mail(system):
    """The caller's trace id is in the mail's header."""
    made = system.caller.accepted(written("trace@example.com"), traceparent=_traceparent(_TRACE))

    (mail,) = wait_for("mail", lambda: system.mail_server.mails_of(made))

    assert _TRACE == mail.headers["traceparent"].split("-")[1]


def test_a_trace_goes_from_the_request_into_the_senders_log(system):
    """What the Email Sender says of a mail that is not sent has the caller's trace id, and no recipient."""
    system.mail_server.behave(refused=["logged@example.com"])
    made = system.caller.accepted(written("logged@example.com"), traceparent=_traceparent(_LOGGED_TRACE))

    def lines():
        said = system.sender.container.events()
        return [event for event in said if event.get("trace_id") == _LOGGED_TRACE]

    (line, *_) = wait_for("the trace id in the sender's log", lines)
    assert (made, _LOGGED_TRACE) == (line["notification_id"], line["trace_id"])
    assert "logged@example.com" not in json.dumps(line)


def _traceparent(trace_id):
    return f"00-{trace_id}-00f067aa0ba902b7-01"


@pytest.mark.parametrize("priority", ["normal", "high"])
def test_the_timeline_tells_what_became_of_it(system, priority):
    """Whoever asked can see it go from accepted to sent, with the attempt that sent it."""
    made = system.caller.accepted(written("timeline@example.com", priority=priority))

    wait_for("state sent", lambda: system.caller.state(made) == "sent")

    events = [event["event"] for event in system.caller.status(made)["timeline"]]
    assert ["accepted", "sending", "sent"] == events


def test_a_batch_is_answered_item_by_item(system):
    """Of a batch the valid notifications become mails, and the invalid one is named."""
    answer = system.caller.http.post(
        "/v1/notifications/batch",
        json={"notifications": [written("one@example.com"), written("nobody"), written("two@example.com")]},
    )
    results = answer.json()["results"]

    assert [202, 422, 202] == [result["status"] for result in results]
    for result in (results[0], results[2]):
        wait_for("mail", lambda made=result["id"]: system.mail_server.mails_of(made))
