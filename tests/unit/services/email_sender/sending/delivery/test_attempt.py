import json
from dataclasses import replace

import pytest
import structlog
from structlog.testing import capture_logs

from email_sender.ledger import AlreadySent, Claimed, Conflicting, Event, LedgerItem, OutcomeUnknown
from email_sender.providers.protocol import (
    PermanentError,
    ThrottledError,
    TransientError,
    UnavailableError,
    UncertainError,
)
from email_sender.sending.retry_policy import DeadLetter, Delete, Redeliver
from shared.trace import next_span, trace_id_of, traceparent_of
from tests.unit.services.email_sender.sending.delivery.fakes import NOW, received


async def test_sends_what_the_message_asks_for(make, provider, ledger, message):
    """The mail is claimed, sent from our address, settled; what is left is to delete the message."""
    body = message("id-7", client_id="team-a", fingerprint="aa")

    assert Delete() == await make().deliver(received(body, 1))

    [mail] = provider.mails
    assert ("id-7", "us@example.com", 2) == (mail.notification_id, mail.sender, mail.attempt)
    [(claim_request, redelivered)] = ledger.claimed
    assert ("id-7", "team-a", "aa", False) == (
        claim_request.notification_id,
        claim_request.client_id,
        claim_request.fingerprint,
        redelivered,
    )
    assert [("sent", None)] == ledger.endings


async def test_every_mail_that_was_sent_is_a_line_in_the_log(make, message):
    """Whoever looks for a mail's trace finds when it was sent, and nothing of the mail itself."""
    with capture_logs() as logs:
        await make().deliver(received(message("id-7")))

    assert [{"event": "mail_sent", "attempt": 2, "log_level": "info"}] == logs


async def test_every_attempt_has_an_owner_of_its_own(make, ledger, message):
    """Two attempts at one message are two owners: each knows its own claim. A redelivery looks first."""
    delivery = make()
    for _ in range(2):
        await delivery.deliver(received(message()))

    assert 2 == len({claim_request.owner for claim_request, _ in ledger.claimed})
    assert all(redelivered for _, redelivered in ledger.claimed)


@pytest.mark.parametrize(
    ("error", "ending", "action"),
    [
        (PermanentError("550 no"), ("failed", "550 no"), DeadLetter("550 no")),
        (ThrottledError("454 slow"), ("pending", "454 slow"), Redeliver(8)),
        (TransientError("451 later"), ("pending", "451 later"), Redeliver(1)),
        (UnavailableError("421 down"), ("pending", "421 down"), Redeliver(2)),
        (UncertainError("lost"), ("unknown", "lost"), DeadLetter("outcome unknown: lost")),
    ],
)
async def test_error_types_are_endings(make, provider, ledger, message, error, ending, action):
    """Each type of error is an ending in the ledger, an action, and a line that names the attempt."""
    provider.error = error

    with capture_logs() as logs:
        assert action == await make().deliver(received(message("id-7")))

    assert [ending] == ledger.endings
    assert [("mail_not_sent", 2, str(error))] == [
        (line["event"], line["receive_count"], line["reason"]) for line in logs
    ]


async def test_reasons_name_nobody(make, provider, ledger, message):
    """What a relay says of a recipient goes into ledger, dead letter and log without the address."""
    provider.error = PermanentError("550 <ada@example.com> unknown: user ada has no mailbox")

    with capture_logs() as logs:
        action = await make().deliver(received(message()))

    assert "ada" not in f"{action}{ledger.endings}{logs}"


@pytest.mark.parametrize(
    ("hang", "ending", "action"),
    [("before", "pending", Redeliver(2)), ("after", "unknown", DeadLetter)],
)
async def test_slow_send(make, provider, ledger, message, hang, ending, action):
    """A send that takes too long may be tried again, unless the provider may have the mail."""
    provider.hang = hang

    done = await make(seconds=0.01).deliver(received(message()))

    assert action in {done, type(done)}
    assert [(ending, "no answer within 0.01 s")] == ledger.endings


@pytest.mark.parametrize("body", ["", "{", "[]", '{"schema_version": "2"}'])
async def test_malformed_message(make, provider, ledger, body):
    """What is no message is a dead letter at once, and nothing for the ledger."""
    action = await make().deliver(received(body))

    assert action.reason.startswith("malformed: ")
    assert ([], []) == (provider.mails, ledger.claimed)


async def test_unknown_schema_version(make, provider, ledger, message, metrics, emf):
    """In a rolling deployment a message of a newer sender's is left for that, and nothing of it is read."""
    body = message().replace('"schema_version":1', '"schema_version":2').replace("Hello", "my secret")

    with capture_logs() as logs:
        assert Redeliver(2) == await make().deliver(received(body))

    assert ([], []) == (provider.mails, ledger.claimed)
    assert [("schema_version_unknown", "2")] == [(line["event"], line["version"]) for line in logs]
    assert "my secret" not in f"{logs}"
    metrics.flush()
    assert 1 == json.loads(emf.getvalue().splitlines()[0])["MessagesOfUnknownVersion"]


async def test_schema_version_that_nobody_comes_to_know(make, message):
    """After as long as a mail may fail it is a dead letter: no newer sender has come."""
    body = message().replace('"schema_version":1', '"schema_version":2')

    action = await make(now=lambda: NOW + 3600).deliver(received(body))

    assert DeadLetter("no sender has come that knows schema version 2") == action


async def test_malformed_message_is_not_quoted(make, message):
    """Neither log nor reason repeats what somebody's mail says."""
    body = message().replace("Hello", "my secret\\n")

    with capture_logs() as logs:
        action = await make().deliver(received(body))

    assert "m" == logs[0]["message_id"]
    assert "subject" in action.reason
    assert "my secret" not in f"{logs}{action}"


@pytest.mark.parametrize(
    ("decision", "action", "counter"),
    [
        (AlreadySent(), Delete(), "MessagesDuplicate"),
        (Conflicting(), Delete(), "MessagesConflicting"),
        (OutcomeUnknown("why", found_now=True), DeadLetter("outcome unknown: why"), "MailsUnknown"),
        (OutcomeUnknown("why", found_now=False), DeadLetter("outcome unknown: why"), "MessagesDuplicate"),
    ],
)
async def test_what_may_not_be_sent_is_not(
    make, provider, ledger, message, metrics, emf, decision, action, counter
):
    """What the ledger does not let be sent reaches no provider, and is counted."""
    ledger.decision = decision

    assert action == await make().deliver(received(message()))

    metrics.flush()
    assert 1 == json.loads(emf.getvalue().splitlines()[0])[counter]
    assert ([], []) == (provider.mails, ledger.endings)


async def test_resent_unknown_is_counted(make, provider, ledger, message, metrics, emf):
    """With resend a lease that ran out is counted as unknown, and the mail goes out."""
    item = LedgerItem(
        "id-1", 2, "sending", 2, "me", NOW + 30, "", "", 0.0, (Event(NOW, "unknown", 1, "why"),), 0
    )
    ledger.decision = Claimed(item, found_unknown=True)

    with capture_logs() as logs:
        assert Delete() == await make().deliver(received(message()))

    metrics.flush()
    assert 1 == json.loads(emf.getvalue().splitlines()[0])["MailsUnknown"]
    assert ["outcome_unknown", "mail_sent"] == [line["event"] for line in logs]
    assert 1 == len(provider.mails)


async def test_trace_goes_on(make, provider, message):
    """The mail and every line about it belong to the request's trace."""
    span = next_span(None)
    provider.error = TransientError("451 later")
    bound = {}
    send = provider.send

    async def sends(mail, handover):
        bound.update(structlog.contextvars.get_contextvars(), header=mail.traceparent)
        await send(mail, handover)

    provider.send = sends
    await make().deliver(received(message("id-7"), traceparent=traceparent_of(span)))

    assert (trace_id_of(span), "id-7") == (bound["trace_id"], bound["notification_id"])
    assert bound["header"].startswith(f"00-{trace_id_of(span)}-")
    assert traceparent_of(span) != bound["header"]


@pytest.mark.parametrize(
    ("traceparent", "goes_on"),
    [(f"00-{'a' * 32}-{'b' * 16}-01", "congo=1"), ("nonsense", "")],
)
async def test_state_of_the_trace_goes_on_into_the_mail(make, provider, message, traceparent, goes_on):
    """What others keep in the trace is the mail's, and is dropped with a trace that is none."""
    state = {"DataType": "String", "StringValue": "congo=1"}
    given = received(message("id-7"), traceparent=traceparent)

    await make().deliver(replace(given, attributes={**given.attributes, "tracestate": state}))

    assert [goes_on] == [mail.tracestate for mail in provider.mails]


async def test_what_happens_is_measured(make, message, metrics, emf):
    """Sent and malformed are counted, and durations are kept by provider and outcome."""
    delivery = make()
    await delivery.deliver(received(message(), 1))
    await delivery.deliver(received("", 1))
    metrics.flush()

    lines = [json.loads(line) for line in emf.getvalue().splitlines()]
    assert (1, 1) == (lines[0]["MailsSent"], lines[0]["MessagesMalformed"])
    by_outcome = {line.get("Outcome"): line for line in lines[1:]}
    assert 1 == len(by_outcome["sent"]["SendDuration"])
    assert 1 == len(by_outcome["malformed"]["ProcessingTime"])
    assert 2 == len(by_outcome[None]["QueueWait"])
