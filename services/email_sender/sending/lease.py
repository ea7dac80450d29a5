"""The lease of an attempt, kept for as long as its mail is being handed over."""

import asyncio
from collections.abc import Callable
from typing import Protocol

import structlog

from email_sender.ledger import LedgerItem, LedgerUnavailableError
from shared.backoff import Backoff

# Part of the lease after which it is renewed: most mails are sent long before, and cost nothing.
_RENEWED_AFTER = 0.5
# A lease counts as lost this long before its end, so that its attempt has ended when others may begin.
_MARGIN_SECONDS = 1.0
_FIRST_PAUSE_SECONDS = 0.5
_MAX_PAUSE_SECONDS = 5.0

_log = structlog.get_logger()


class Renews(Protocol):
    """A ledger whose claims can be made to last."""

    async def renew(self, claimed: LedgerItem) -> LedgerItem | None:
        """Make a lease begin anew; None if the claim is somebody else's."""


class Lease:
    """Renews a claim before it ends, again and again until stopped.

    Args:
        ledger: Where the claim is.
        item: The claim as written.
        lost: Is called once if the claim is somebody else's or about to end without having been renewed.
        now: Seconds since the Unix epoch.
        jitter: A random number in [0, 1).

    Attributes:
        item: The claim as written last.
        is_lost: Whether others may claim it by now.
    """

    def __init__(
        self,
        ledger: Renews,
        item: LedgerItem,
        lost: Callable[[], None],
        *,
        now: Callable[[], float],
        jitter: Callable[[], float],
    ) -> None:
        self._ledger = ledger
        self._lost = lost
        self._now = now
        self._jitter = jitter
        self._timer: asyncio.TimerHandle | None = None
        self._renewing: asyncio.Task[None] | None = None
        self.item = item
        self.is_lost = False

    @property
    def seconds_left(self) -> float:
        """Time for which nobody else may send the mail."""
        return self.item.lease_until - self._now() - _MARGIN_SECONDS

    def keep(self) -> None:
        """Renew it from now on, whenever half of what is left is over."""
        seconds = max(self.seconds_left, 0.0) * _RENEWED_AFTER
        self._timer = asyncio.get_running_loop().call_later(seconds, self._begin)

    def stop(self) -> None:
        """Renew it no more: its attempt has ended."""
        if self._timer is not None:
            self._timer.cancel()
        if self._renewing is not None:
            # If it is written all the same, whoever settles finds a version of its own.
            self._renewing.cancel()

    def _begin(self) -> None:
        self._renewing = asyncio.get_running_loop().create_task(self._renew())

    async def _renew(self) -> None:
        backoff = Backoff(_FIRST_PAUSE_SECONDS, _MAX_PAUSE_SECONDS, self._jitter)
        while True:
            try:
                async with asyncio.timeout(max(self.seconds_left, _MARGIN_SECONDS)):
                    renewed = await self._ledger.renew(self.item)
            except (LedgerUnavailableError, TimeoutError) as error:
                if self.seconds_left <= backoff.next_max_seconds:
                    self._lose(str(error) or "no answer")
                    return
            else:
                if renewed is None:
                    self._lose("it is another attempt's")
                    return
                self.item = renewed
                self.keep()
                return
            await asyncio.sleep(backoff.next())

    def _lose(self, reason: str) -> None:
        self.is_lost = True
        _log.warning("lease_not_renewed", attempt=self.item.attempt, reason=reason)
        self._lost()
