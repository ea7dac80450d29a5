"""What a delivery is given, made up."""

import asyncio
from dataclasses import replace

from email_sender.ledger import Claimed, Event, LedgerItem, LedgerUnavailableError
from email_sender.queue.inbox import ReceivedMessage
from shared.outage import Outage

NOW = 1000.0


class FakeProvider:
    """Takes mails, fails, or hangs before or after it has the content."""

    def __init__(self) -> None:
        self.mails = []
        self.error: Exception | None = None
        self.hang: str | None = None
        self.sending = asyncio.Event()
        self.release = asyncio.Event()

    async def send(self, mail, handover):
        self.sending.set()
        handover.begun = self.hang not in {"before", "never begun"}
        if self.hang in {"before", "after"}:
            await self.release.wait()
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
        self.lease_until = NOW + 30
        self.item = {}
        self.renewals = 0
        self.renewal_fails = False
        self.outage = Outage("ledger")
        self.stolen = False

    async def claim(self, claim_request, *, redelivered):
        if self.down:
            raise self.down.pop()
        self.claimed.append((claim_request, redelivered))
        events = (Event(NOW, "unknown", 1, "nobody said"),)
        item = LedgerItem(
            claim_request.notification_id,
            1,
            "sending",
            2,
            claim_request.owner,
            self.lease_until,
            "",
            "",
            0.0,
            events,
            0,
        )
        return self.decision or Claimed(replace(item, **self.item))

    async def renew(self, claimed):
        self.renewals += 1
        if self.renewal_fails:
            raise LedgerUnavailableError("down")
        if self.stolen:
            return None
        return replace(claimed, version=claimed.version + 1, lease_until=claimed.lease_until + 30)

    async def settle(self, item, ending, _giving_up):
        if self.down:
            raise self.down.pop()
        self.settled = item
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


def received(body, receive_count=2, **attributes):
    """A message with this body as the inbox gives it."""
    found = {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()}
    return ReceivedMessage("m", "r", receive_count, body, attributes=found)
