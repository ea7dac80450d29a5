import asyncio
import json

import pytest
import structlog
from structlog.testing import capture_logs

from contract.trace import next_span, trace_id_of, traceparent_of
from email_sender.delivery import Delivery, DeliveryRules
from email_sender.inbox import ReceivedMessage
from email_sender.ledger import (
    AlreadySent,
    Claimed,
    Conflicting,
    Event,
    LedgerItem,
    LedgerUnavailableError,
    OutcomeUnknown,
)
from email_sender.observations import Observations
from email_sender.providers.protocol import PermanentError, ThrottledError, TransientError, UncertainError
from email_sender.retry_policy import DeadLetter, Delete, Leave, Redeliver

_NOW = 1000.0


class FakeProvider:
    """Takes mails, fails, or hangs before or after it has the content."""

    def __init__(self) -> None:
        self.mails = []
        self.error: Exception | None = None
        self.hang: str | None = None
        self.sending = asyncio.Event()

    async def send(self, mail, handover):
        self.sending.set()
        handover.begun = self.hang != "before"
        if self.hang is not None:
            await asyncio.Event().wait()
        if self.error is not None:
            raise self.error
        self.mails.append(mail)


class FakeLedger:
    """Lets everything be sent, until told otherwise."""

    resends_unknown = False

    def __init__(self) -> None:
        self.decision = None
        self.claimed = []
        self.endings = []
        self.down = []
        self.confirms = True
        self.lease_until = _NOW + 30

    def note(self, trouble):
        self.noted = trouble

    async def claim(self, facts, *, redelivered):
        if self.down:
            raise self.down.pop()
        self.claimed.append((facts, redelivered))
        events = (Event(_NOW, "unknown", 1, "nobody said"),)
        item = LedgerItem(
            facts.notification_id, 1, "sending", 2, facts.owner, self.lease_until, "", "", 0.0, events, 0
        )
        return self.decision or Claimed(item)

    async def settle(self, _, ending):
        if self.down:
            raise self.down.pop()
        self.endings.append((ending.state, ending.reason))
        return self.confirms


class FakeSendRate:
    """Lets mails through when it may."""

    def __init__(self) -> None:
        self.asked = []
        self.go_on = asyncio.Event()

    async def take(self, priority):
        self.asked.append(priority)
        await self.go_on.wait()


class FakeSuppression:
    """A list of addresses."""

    def __init__(self) -> None:
        self.addresses = set()
        self.error = None

    async def is_suppressed(self, recipient):
        return recipient in self.addresses

    async def add(self, recipient, reason):
        if self.error is not None:
            raise self.error
        self.addresses.add(recipient)
        self.reason = reason


@pytest.fixture(autouse=True)
def _context():
    """What one test's message binds to the log is not another's."""
    yield
    structlog.contextvars.clear_contextvars()


@pytest.fixture
def provider():
    """A provider that takes everything, until told otherwise."""
    return FakeProvider()


@pytest.fixture
def ledger():
    """A ledger that lets everything be sent."""
    return FakeLedger()


@pytest.fixture
def make(provider, ledger, metrics):
    """A delivery with these parts changed, whose sends may take ten seconds."""

    def delivery(seconds=10.0, **parts) -> Delivery:
        rules = DeliveryRules("us@example.com", seconds, max_receive_count=5)
        observations = Observations(metrics, "ses")
        return Delivery(provider, ledger, rules, observations, now=lambda: _NOW, jitter=lambda: 0.0, **parts)

    return delivery


def _received(body, receive_count=2, **attributes):
    found = {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()}
    return ReceivedMessage("m", "r", receive_count, body, attributes=found)


async def test_sends_what_the_message_asks_for(make, provider, ledger, message):
    """The mail is claimed, sent from our address, settled; what is left is to delete the message."""
    body = message("id-7", client_id="team-a", fingerprint="aa")

    assert Delete() == await make().deliver(_received(body, 1))

    [mail] = provider.mails
    assert ("id-7", "us@example.com") == (mail.notification_id, mail.sender)
    [(facts, redelivered)] = ledger.claimed
    assert ("id-7", "team-a", "aa", False) == (
        facts.notification_id,
        facts.client_id,
        facts.fingerprint,
        redelivered,
    )
    assert [("sent", None)] == ledger.endings


async def test_every_mail_that_was_sent_is_a_line_in_the_log(make, message):
    """Whoever looks for a mail's trace finds when it was sent, and nothing of the mail itself."""
    with capture_logs() as logs:
        await make().deliver(_received(message("id-7")))

    assert [{"event": "mail_sent", "attempt": 2, "log_level": "info"}] == logs


async def test_every_attempt_has_an_owner_of_its_own(make, ledger, message):
    """Two attempts at one message are two owners: each knows its own claim. A redelivery looks first."""
    delivery = make()
    for _ in range(2):
        await delivery.deliver(_received(message()))

    assert 2 == len({facts.owner for facts, _ in ledger.claimed})
    assert all(redelivered for _, redelivered in ledger.claimed)


@pytest.mark.parametrize(
    ("error", "ending", "action"),
    [
        (PermanentError("550 no"), ("failed", "550 no"), DeadLetter("550 no")),
        (ThrottledError("454 slow"), ("pending", "454 slow"), Redeliver(8)),
        (TransientError("451 later"), ("pending", "451 later"), Redeliver(2)),
        (UncertainError("lost"), ("unknown", "lost"), DeadLetter("outcome unknown: lost")),
    ],
)
async def test_error_types_are_endings(make, provider, ledger, message, error, ending, action):
    """Each type of error is an ending in the ledger, an action, and a line that names the attempt."""
    provider.error = error

    with capture_logs() as logs:
        assert action == await make().deliver(_received(message("id-7")))

    assert [ending] == ledger.endings
    assert [("mail_not_sent", 2, str(error))] == [
        (line["event"], line["receive_count"], line["reason"]) for line in logs
    ]


async def test_reasons_name_nobody(make, provider, ledger, message):
    """What a relay says of a recipient goes into ledger, dead letter and log without the address."""
    provider.error = PermanentError("550 <ada@example.com> unknown")

    with capture_logs() as logs:
        action = await make().deliver(_received(message()))

    assert "ada@" not in f"{action}{ledger.endings}{logs}"


@pytest.mark.parametrize(
    ("hang", "ending", "action"),
    [("before", "pending", Redeliver(2)), ("after", "unknown", DeadLetter)],
)
async def test_slow_send(make, provider, ledger, message, hang, ending, action):
    """A send that takes too long may be tried again, unless the provider may have the mail."""
    provider.hang = hang

    done = await make(seconds=0.01).deliver(_received(message()))

    assert action in {done, type(done)}
    assert [(ending, "no answer within 0.01 s")] == ledger.endings


@pytest.mark.parametrize("body", ["", "{", "[]", '{"schema_version": 2}'])
async def test_malformed_message(make, provider, ledger, body):
    """What is no message is a dead letter at once, and nothing for the ledger."""
    action = await make().deliver(_received(body))

    assert action.reason.startswith("malformed: ")
    assert ([], []) == (provider.mails, ledger.claimed)


async def test_malformed_message_is_not_quoted(make, message):
    """Neither log nor reason repeats what somebody's mail says."""
    body = message().replace("Hello", "my secret\\n")

    with capture_logs() as logs:
        action = await make().deliver(_received(body))

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

    assert action == await make().deliver(_received(message()))

    metrics.flush()
    assert 1 == json.loads(emf.getvalue().splitlines()[0])[counter]
    assert ([], []) == (provider.mails, ledger.endings)


async def test_resent_unknown_is_counted(make, provider, ledger, message, metrics, emf):
    """With resend a lease that ran out is counted as unknown, and the mail goes out."""
    item = LedgerItem(
        "id-1", 2, "sending", 2, "me", _NOW + 30, "", "", 0.0, (Event(_NOW, "unknown", 1, "why"),), 0
    )
    ledger.decision = Claimed(item, found_unknown=True)

    with capture_logs() as logs:
        assert Delete() == await make().deliver(_received(message()))

    metrics.flush()
    assert 1 == json.loads(emf.getvalue().splitlines()[0])["MailsUnknown"]
    assert ["outcome_unknown", "mail_sent"] == [line["event"] for line in logs]
    assert 1 == len(provider.mails)


async def test_claim_that_took_too_long_is_not_used(make, provider, ledger, message):
    """A lease that could end in the middle of the send is given back instead."""
    ledger.lease_until = _NOW + 9

    assert Redeliver(0) == await make().deliver(_received(message()))
    assert [] == provider.mails
    assert "pending" == ledger.endings[0][0]


@pytest.mark.parametrize(("confirms", "event"), [(False, "lease_lost"), (True, "outcome_not_written")])
async def test_what_the_ledger_does_not_confirm_is_left(make, ledger, provider, message, confirms, event):
    """Without the ledger's word nothing happens to the message: whoever gets it next finds out."""
    ledger.confirms = confirms

    async def fail(*_):
        ledger.down = [LedgerUnavailableError("down")]

    if confirms:
        provider.send = fail
    with capture_logs() as logs:
        assert Leave() == await make().deliver(_received(message()))

    assert event in [line["event"] for line in logs]


async def test_outage_of_the_ledger_holds_the_message(make, provider, ledger, message, monkeypatch):
    """Until the ledger answers the message stays in hand, and then it is sent."""
    monkeypatch.setattr("email_sender.delivery._FIRST_PAUSE_SECONDS", 0.001)
    ledger.down = [LedgerUnavailableError("down") for _ in range(3)]

    assert Delete() == await make().deliver(_received(message()))
    assert (1, "down") == (len(provider.mails), ledger.noted)


async def test_outage_that_outlasts_the_task_releases_the_message(make, ledger, message):
    """A message that is held when the time is up is handed back."""
    ledger.down = [LedgerUnavailableError("down") for _ in range(1000)]
    delivery = make()
    under_way = asyncio.create_task(delivery.deliver(_received(message())))
    await asyncio.sleep(0)

    delivery.give_up()

    assert Redeliver(0) == await asyncio.wait_for(under_way, 5)


@pytest.mark.parametrize(
    ("hang", "ending", "action"), [("before", "pending", Redeliver(0)), ("after", "unknown", DeadLetter)]
)
async def test_give_up_in_the_middle_of_a_send(make, provider, ledger, message, hang, ending, action):
    """When time is up, a send under way is released, unless the provider may have the mail."""

    async def give_up_again():
        delivery.give_up()

    provider.hang = hang
    delivery = make()
    under_way = asyncio.create_task(delivery.deliver(_received(message())))
    await asyncio.wait_for(provider.sending.wait(), 5)

    delivery.give_up()
    # A send whose time is just running out cannot be told again, and must not keep others from being told.
    await asyncio.create_task(give_up_again())

    done = await asyncio.wait_for(under_way, 5)
    assert action in {done, type(done)}
    assert [(ending, "the task had to stop")] == ledger.endings


async def test_nothing_is_claimed_after_giving_up(make, provider, ledger, message):
    """What is taken in hand too late is handed back unclaimed."""
    delivery = make()
    delivery.give_up()

    assert Redeliver(0) == await delivery.deliver(_received(message()))
    assert ([], []) == (ledger.claimed, provider.mails)


async def test_claim_confirmed_after_giving_up_is_given_back(make, provider, ledger, message):
    """A claim that was under way is not cut off: it is known, and given back at once."""
    delivery = make()
    claim = ledger.claim

    async def slow(facts, *, redelivered):
        delivery.give_up()
        return await claim(facts, redelivered=redelivered)

    ledger.claim = slow

    assert Redeliver(0) == await delivery.deliver(_received(message()))
    assert ("pending", []) == (ledger.endings[0][0], provider.mails)


async def test_token_comes_before_the_claim(make, ledger, message):
    """A mail that has to wait for the send rate holds no lease meanwhile; its priority is told."""
    rate = FakeSendRate()
    under_way = asyncio.create_task(make(send_rate=rate).deliver(_received(message(priority="high"))))
    await asyncio.sleep(0)
    assert (["high"], []) == (rate.asked, ledger.claimed)

    rate.go_on.set()

    assert Delete() == await asyncio.wait_for(under_way, 5)


async def test_one_token_a_mail(make, ledger, message, monkeypatch):
    """A claim that has to be asked for again needs no second token."""
    monkeypatch.setattr("email_sender.delivery._FIRST_PAUSE_SECONDS", 0.001)
    rate = FakeSendRate()
    rate.go_on.set()
    ledger.down = [LedgerUnavailableError("down")]

    await make(send_rate=rate).deliver(_received(message()))

    assert ["normal"] == rate.asked


async def test_give_up_ends_the_wait_for_a_token(make, ledger, message):
    """A mail that waits for the send rate is handed back when time is up."""
    rate = FakeSendRate()
    delivery = make(send_rate=rate)
    under_way = asyncio.create_task(delivery.deliver(_received(message())))
    await asyncio.sleep(0)

    delivery.give_up()

    assert Redeliver(0) == await asyncio.wait_for(under_way, 5)
    assert [] == ledger.claimed


async def test_suppressed_recipient_gets_no_mail(make, provider, ledger, message):
    """A mail to an address on the list fails for good, without a token of the send rate."""
    suppression, rate = FakeSuppression(), FakeSendRate()
    suppression.addresses.add("ada@example.com")

    action = await make(suppression=suppression, send_rate=rate).deliver(_received(message()))

    assert DeadLetter("the recipient is on the suppression list") == action
    assert [("failed", action.reason)] == ledger.endings
    assert ([], []) == (provider.mails, rate.asked)


@pytest.mark.parametrize(("dead", "listed"), [(True, {"ada@example.com"}), (False, set())])
async def test_dead_mailbox_is_remembered(make, provider, message, dead, listed):
    """Only a refusal that says that the mailbox does not exist puts an address on the list."""
    suppression = FakeSuppression()
    provider.error = PermanentError("550 5.1.1 no", dead_mailbox=dead)

    await make(suppression=suppression).deliver(_received(message()))

    assert listed == suppression.addresses


async def test_list_that_cannot_be_written_changes_nothing(make, provider, message):
    """The mail has failed whether or not the address could be put on the list."""
    suppression = FakeSuppression()
    suppression.error = LedgerUnavailableError("down")
    provider.error = PermanentError("550 5.1.1 no", dead_mailbox=True)

    assert DeadLetter("550 5.1.1 no") == await make(suppression=suppression).deliver(_received(message()))
    assert DeadLetter("550 5.1.1 no") == await make().deliver(_received(message()))


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
    await make().deliver(_received(message("id-7"), traceparent=traceparent_of(span)))

    assert (trace_id_of(span), "id-7") == (bound["trace_id"], bound["notification_id"])
    assert bound["header"].startswith(f"00-{trace_id_of(span)}-")
    assert traceparent_of(span) != bound["header"]


async def test_what_happens_is_measured(make, message, metrics, emf):
    """Sent and malformed are counted, and durations are kept by provider and outcome."""
    delivery = make()
    await delivery.deliver(_received(message(), 1))
    await delivery.deliver(_received("", 1))
    metrics.flush()

    lines = [json.loads(line) for line in emf.getvalue().splitlines()]
    assert (1, 1) == (lines[0]["MailsSent"], lines[0]["MessagesMalformed"])
    by_outcome = {line.get("Outcome"): line for line in lines[1:]}
    assert 1 == len(by_outcome["sent"]["SendDuration"])
    assert 1 == len(by_outcome["malformed"]["ProcessingTime"])
    assert 2 == len(by_outcome[None]["QueueWait"])
