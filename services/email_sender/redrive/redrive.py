"""Goes through the dead-letter queue once."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import ValidationError

from email_sender.ledger.item import LedgerItem, LedgerUnavailableError, VersionChangedError
from email_sender.queue.inbox import ReceivedMessage
from email_sender.redrive.judge import Asked, Drop, Leave, Verdict, judge
from email_sender.redrive.pace import Pace
from shared.message import REASON_ATTRIBUTE, NotificationMessage, Priority
from shared.sqs.errors import EntryRefusedError, EntryTooLargeError, QueueUnavailableError
from shared.sqs.queue import MAX_RECEIVE

HIDDEN_SECONDS = 300
"""Seconds that a letter which was looked at stays hidden, so that it is not looked at twice in a row."""

_IN_FLIGHT_SECONDS = 60
# Letters that were left come back when they are no longer hidden. A queue that has brought nothing else
# so many times in a row has nothing else.
_MAX_FRUITLESS_RECEIVES = 20
# Fewer than a micro-batcher may hold.
_HANDED_BACK_AT_ONCE = 500

_UNCONFIRMED = (LedgerUnavailableError, QueueUnavailableError, EntryRefusedError, EntryTooLargeError)


class DeadLetterQueue(Protocol):
    """The dead-letter queue, as far as a redrive uses it."""

    async def receive(self, max_messages: int) -> list[ReceivedMessage]:
        """Receive some letters."""

    async def delete(self, message: ReceivedMessage) -> None:
        """Delete a letter."""

    async def redeliver(self, message: ReceivedMessage, after_seconds: int) -> None:
        """Make a letter visible again."""


class Queue(Protocol):
    """A queue that letters go back to."""

    async def put(self, letter: ReceivedMessage) -> None:
        """Send a letter; returns once SQS has confirmed."""


class LedgerTable(Protocol):
    """The ledger's table, as far as a redrive uses it."""

    async def read(self, notification_id: str) -> LedgerItem | None:
        """Read an item."""

    async def write(self, item: LedgerItem) -> None:
        """Write an item if the one before it is still there."""


@dataclass(frozen=True)
class Places:
    """Queues and ledger that a redrive works on.

    Attributes:
        dead_letters: Where letters are.
        queues: Where they go back to.
        ledger: What became of their notifications.
    """

    dead_letters: DeadLetterQueue
    queues: Mapping[Priority, Queue]
    ledger: LedgerTable


class Redrive:
    """Moves dead letters back to the queues of their priority.

    Nothing is deleted before the other queue has confirmed, and what is moved twice for that reason is
    still one mail: the Email Sender claims each notification in the ledger. So it can be interrupted at
    any point, and run again.

    Args:
        places: What it works on.
        asked: What the operator wants.
        stop: Ends the run early: what is not moved yet stays where it is.
        pace: How fast letters are moved.
        now: Seconds since the Unix epoch.

    Attributes:
        tally: How many letters there are of each verdict, as far as they have been looked at.
        first_error: What AWS said first when it did not confirm; None if it always did.
    """

    def __init__(
        self,
        places: Places,
        asked: Asked,
        stop: asyncio.Event,
        *,
        pace: Pace,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._dead_letters = places.dead_letters
        self._queues = places.queues
        self._ledger = places.ledger
        self._asked = asked
        self._stop = stop
        self._pace = pace
        self._now = now
        self._seen: set[str] = set()
        self._left: dict[str, ReceivedMessage] = {}
        self._begun = 0
        self.tally: Counter[Verdict] = Counter()
        self.first_error: str | None = None

    async def run(self, progress: Callable[[Counter[Verdict]], Any]) -> None:
        """Go through the queue until it is empty, the limit is reached or told to stop.

        It ends early, too, when AWS confirms nothing any more: an outage is no reason to receive every
        letter.

        Args:
            progress: Is told the tally after every few letters.

        Raises:
            QueueUnavailableError: The dead-letter queue cannot be read.
        """
        fruitless = 0
        try:
            while self._room() and not self._stop.is_set() and fruitless < _MAX_FRUITLESS_RECEIVES:
                received = await self._dead_letters.receive(self._room())
                if not received:
                    return
                new = [letter for letter in received if letter.message_id not in self._seen]
                for letter in received:
                    self._left[letter.message_id] = letter
                fruitless = 0 if new else fruitless + 1
                verdicts = await asyncio.gather(*map(self._deal_with, new))
                progress(self.tally)
                if verdicts and set(verdicts) == {Verdict.NOT_CONFIRMED}:
                    return
        finally:
            await self._hand_back()

    def _room(self) -> int:
        """Letters to receive next: those that may still be moved, and can be while they stay hidden."""
        room = min(MAX_RECEIVE, max(1, int(self._pace.per_second * _IN_FLIGHT_SECONDS)))
        return room if self._asked.limit is None else min(room, self._asked.limit - self._begun)

    async def _deal_with(self, letter: ReceivedMessage) -> Verdict | None:
        """Deal with one letter; None if it was not its turn any more."""
        verdict = await self._verdict(letter)
        if verdict is None:
            return None
        self._seen.add(letter.message_id)
        self.tally[verdict] += 1
        if verdict in {Verdict.MOVED, Verdict.DROPPED} and not self._asked.dry_run:
            self._left.pop(letter.message_id)
        return verdict

    async def _verdict(self, letter: ReceivedMessage) -> Verdict | None:
        try:
            message = NotificationMessage.from_json(letter.body)
        except ValidationError:
            return Verdict.MALFORMED
        reason = letter.attributes.get(REASON_ATTRIBUTE, {}).get("StringValue", "")
        try:
            item = await self._ledger.read(message.id)
            decision = judge(message, reason, item, self._asked, self._now())
            if isinstance(decision, Leave):
                return decision.verdict
            if isinstance(decision, Drop):
                if not self._asked.dry_run:
                    await self._dead_letters.delete(letter)
                return Verdict.DROPPED
            return await self._move(letter, message.priority, decision.reopened)
        except VersionChangedError:
            return Verdict.CHANGED
        except _UNCONFIRMED as error:
            self._note(error)
            return Verdict.NOT_CONFIRMED

    async def _move(
        self, letter: ReceivedMessage, priority: Priority, reopened: LedgerItem | None
    ) -> Verdict | None:
        if self._asked.dry_run:
            self._begun += 1
            return Verdict.MOVED
        await self._pace.turn()
        if self._stop.is_set():
            return None
        self._begun += 1
        if reopened is not None:
            await self._ledger.write(reopened)
        await self._queues[priority].put(letter)
        try:
            await self._dead_letters.delete(letter)
        except _UNCONFIRMED as error:
            self._note(error)
            return Verdict.NOT_DELETED
        return Verdict.MOVED

    async def _hand_back(self) -> None:
        """Make the letters that were left visible again; one for which that fails comes back by itself."""
        left = list(self._left.values())
        for start in range(0, len(left), _HANDED_BACK_AT_ONCE):
            await asyncio.gather(
                *(
                    self._dead_letters.redeliver(letter, 0)
                    for letter in left[start : start + _HANDED_BACK_AT_ONCE]
                ),
                return_exceptions=True,
            )

    def _note(self, error: Exception) -> None:
        self.first_error = self.first_error or str(error)
