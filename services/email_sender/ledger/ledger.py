"""Claims, settlements and feedback: decisions, written until one holds."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from email_sender.ledger.decide import (
    ClaimRequest,
    Decision,
    Ending,
    LeasePolicy,
    decide,
    is_settled,
    renew,
    settle,
)
from email_sender.ledger.feedback import Feedback, Recorded, Recording, record
from email_sender.ledger.item import LedgerItem, LedgerUnavailableError, VersionChangedError
from shared.backoff import Backoff
from shared.outage import Outage

_FIRST_PAUSE_SECONDS = 0.2
_MAX_PAUSE_SECONDS = 5.0
# Whoever was first each time has made progress, so more rounds than slots work on one id are a defect.
_MAX_ROUNDS = 100

T = TypeVar("T")


class Table(Protocol):
    """Store of items with compare-and-swap writes."""

    async def read(self, notification_id: str, *, consistent: bool = True) -> LedgerItem | None:
        """Read an item."""

    async def write(self, item: LedgerItem) -> None:
        """Write an item if the one before it is still there."""


class Ledger:
    """Claims mails for one attempt at a time, and records how each ended.

    Args:
        table: Where items are kept.
        policy: Leases, retention and repeats, as set.
        now: Seconds since the Unix epoch.
        sleep: Waits for so many seconds.
        jitter: A random number in [0, 1).

    Attributes:
        outage: Outage of the table.
    """

    def __init__(
        self,
        table: Table,
        policy: LeasePolicy,
        *,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._table = table
        self._policy = policy
        self._now = now
        self._sleep = sleep
        self._jitter = jitter
        self.outage = Outage("ledger")

    @property
    def resends_unknown(self) -> bool:
        """Whether a mail that may have been sent is sent again."""
        return self._policy.resend_unknown

    async def claim(self, request: ClaimRequest, *, redelivered: bool = False) -> Decision:
        """Decide whether a message's mail may be sent; what that changes is written on return.

        Args:
            request: For the mail of a message.
            redelivered: Whether the ledger probably knows the notification, so that it is asked first:
                a write that is refused costs those in the same transaction a second one.

        Raises:
            LedgerUnavailableError: It is not known whether it may be; ask again with the same request.
        """
        item = await self._read(request.notification_id, consistent=True) if redelivered else None
        # For a new notification the write is also the question.
        return await self._decided(item, lambda item: decide(item, request, self._now(), self._policy))

    async def renew(self, claimed: LedgerItem) -> LedgerItem | None:
        """Make the lease of an attempt under way begin anew; the item as written.

        Returns:
            None if the attempt is no longer its owner's; nothing has changed then.

        Raises:
            LedgerUnavailableError: It is not confirmed: the lease may end when it would have ended.
        """

        def renewed(item: LedgerItem | None) -> tuple[LedgerItem | None, LedgerItem | None]:
            new = renew(item, claimed.owner, self._now(), self._policy)
            return new, new

        return await self._decided(claimed, renewed)

    async def settle(
        self, claimed: LedgerItem, ending: Ending, giving_up: asyncio.Event | None = None
    ) -> bool:
        """Write how an attempt ended, again and again until it is confirmed.

        An outage may take longer than the lease: as long as this still knows how the attempt ended, and
        nobody else has claimed the mail, it can be written.

        Args:
            claimed: The item as it was written for this attempt last.
            ending: How it ended.
            giving_up: Once this is set, nothing is tried again beyond the lease.

        Returns:
            Whether it is written; if not, the attempt was no longer its owner's, and nothing has changed.

        Raises:
            LedgerUnavailableError: It gave up, and it is not confirmed: the outcome becomes unknown.
        """
        backoff = Backoff(_FIRST_PAUSE_SECONDS, _MAX_PAUSE_SECONDS, self._jitter)
        while True:
            try:
                return await self._settle_once(claimed, ending)
            except LedgerUnavailableError:
                given_up = giving_up is None or giving_up.is_set()
                if given_up and self._now() + backoff.next_max_seconds >= claimed.lease_until:
                    raise
            await self._sleep(backoff.next())

    async def record(self, feedback: Feedback) -> Recording:
        """Write what the provider says of a mail; what that changes is written on return.

        Raises:
            LedgerUnavailableError: It is not confirmed; recording it again does no harm.
        """

        def recorded(item: LedgerItem | None) -> tuple[Recording, LedgerItem | None]:
            recording = record(item, feedback, self._now(), self._policy)
            return recording, recording.item if isinstance(recording, Recorded) else None

        return await self._decided(await self._read(feedback.notification_id, consistent=True), recorded)

    async def find(self, notification_id: str) -> LedgerItem | None:
        """The item of a notification, at most a second old; None if the ledger does not know it.

        Raises:
            LedgerUnavailableError: The ledger did not answer.
        """
        return await self._read(notification_id, consistent=False)

    async def _settle_once(self, claimed: LedgerItem, ending: Ending) -> bool:
        def settled(item: LedgerItem | None) -> tuple[bool, LedgerItem | None]:
            new = settle(item, claimed.owner, ending, self._now(), self._policy)
            return new is not None or is_settled(item, claimed.owner, ending), new

        return await self._decided(claimed, settled)

    async def _decided(
        self, item: LedgerItem | None, decide_on: Callable[[LedgerItem | None], tuple[T, LedgerItem | None]]
    ) -> T:
        """A decision about an item that the table has taken, made anew whenever others were faster.

        Args:
            item: The item as far as it is known; None for none.
            decide_on: Decision about an item, and the item to write for it; None if it changes nothing.

        Raises:
            LedgerUnavailableError: The table did not answer, or others were faster each time.
        """
        for _ in range(_MAX_ROUNDS):
            decision, new = decide_on(item)
            if new is None:
                return decision
            try:
                await self._write(new)
            except VersionChangedError as changed:
                item = changed.current
            else:
                return decision
        raise LedgerUnavailableError("the item is written by others faster than it can be read")

    async def _read(self, notification_id: str, *, consistent: bool) -> LedgerItem | None:
        try:
            item = await self._table.read(notification_id, consistent=consistent)
        except LedgerUnavailableError as error:
            self.outage.note(str(error))
            raise
        self.outage.note(None)
        return item

    async def _write(self, item: LedgerItem) -> None:
        try:
            await self._table.write(item)
        except LedgerUnavailableError as error:
            self.outage.note(str(error))
            raise
        except VersionChangedError:
            self.outage.note(None)
            raise
        self.outage.note(None)
