"""Hands a claimed mail to the provider, under a lease and a time limit, and says how that ended."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from email_sender.ledger import Ledger, LedgerItem
from email_sender.mail import Mail
from email_sender.providers.protocol import (
    Handover,
    MailProvider,
    PermanentError,
    ProviderError,
    ThrottledError,
    UnavailableError,
    UncertainError,
)
from email_sender.reason import fit_reason
from email_sender.sending.giving_up import GivingUp
from email_sender.sending.lease import Lease
from email_sender.sending.outcome import Outcome
from email_sender.sending.retry_policy import Attempted

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Ended:
    """Result of handing over a mail.

    Attributes:
        outcome: In one word.
        reason: Why, without anything of the mail; empty for what was sent.
        item: The claim as written last.
        dead_mailbox: Whether the recipient's address takes no mail at all.
    """

    outcome: Attempted
    reason: str
    item: LedgerItem
    dead_mailbox: bool = False


class HandingOver:
    """Hands mails to the provider, each within the lease of its claim.

    Args:
        provider: Takes the mails.
        ledger: Where their claims are.
        timeout_seconds: Maximum time one mail may take.
        giving_up: Ends what is under way when the task must end.
        now: Seconds since the Unix epoch.
        jitter: A random number in [0, 1).
    """

    def __init__(  # noqa: PLR0913 - each is another part of the service
        self,
        provider: MailProvider,
        ledger: Ledger,
        timeout_seconds: float,
        giving_up: GivingUp,
        *,
        now: Callable[[], float],
        jitter: Callable[[], float],
    ) -> None:
        self._provider = provider
        self._ledger = ledger
        self._timeout_seconds = timeout_seconds
        self._giving_up = giving_up
        self._now = now
        self._jitter = jitter

    async def send(self, mail: Callable[[], Mail], item: LedgerItem) -> Ended:
        """Hand a claimed mail over.

        Args:
            mail: Makes it.
            item: The claim.
        """
        handover = Handover()
        limit = asyncio.timeout(self._timeout_seconds)

        def lost() -> None:
            # What the provider was given cannot be taken back, and if nobody sends it again, its answer
            # is worth waiting for. In any other case nobody else may send it as long as this might.
            if (not handover.begun or self._ledger.resends_unknown) and not limit.expired():
                limit.reschedule(asyncio.get_running_loop().time())

        lease = Lease(self._ledger, item, lost, now=self._now, jitter=self._jitter)
        if self._giving_up.event.is_set() or lease.seconds_left <= 0:
            return Ended(Outcome.RELEASED, "released before it was handed over", item)
        outcome, reason, dead_mailbox = await self._send(mail, handover, limit, lease)
        return Ended(outcome, reason, lease.item, dead_mailbox)

    async def _send(
        self, mail: Callable[[], Mail], handover: Handover, limit: asyncio.Timeout, lease: Lease
    ) -> tuple[Attempted, str, bool]:
        lease.keep()
        recipient = ""
        try:
            made = mail()
            recipient = made.recipient
            await self._giving_up.wait(self._provider.send(made, handover), limit)
        except TimeoutError:
            return (*self._timed_out(handover, lease), False)
        except ProviderError as error:
            dead = isinstance(error, PermanentError) and error.dead_mailbox
            return _kind(error), fit_reason(str(error), recipient), dead
        except Exception as error:  # noqa: BLE001 - a defect in one mail must not leave its end unknown
            _log.error("mail_broke_the_sender", exc_info=error)
            # The type alone: the text may quote the mail.
            reason = f"the sender has a defect: {type(error).__name__}"
            return Outcome.UNCERTAIN if handover.begun else Outcome.TRANSIENT, reason, False
        finally:
            lease.stop()
        return Outcome.SENT, "", False

    def _timed_out(self, handover: Handover, lease: Lease) -> tuple[Attempted, str]:
        given_up = self._giving_up.event.is_set()
        if given_up:
            reason = "the task had to stop"
        elif lease.is_lost:
            reason = "its lease could not be renewed"
        else:
            reason = f"no answer within {self._timeout_seconds:g} s"
        if handover.begun:
            return Outcome.UNCERTAIN, reason
        # Who has not got as far as the mail's content has said nothing of this mail.
        return Outcome.RELEASED if given_up or lease.is_lost else Outcome.UNAVAILABLE, reason


def _kind(error: ProviderError) -> Attempted:
    match error:
        case PermanentError():
            return Outcome.PERMANENT
        case ThrottledError():
            return Outcome.THROTTLED
        case UnavailableError():
            return Outcome.UNAVAILABLE
        case UncertainError():
            return Outcome.UNCERTAIN
        case _:
            return Outcome.TRANSIENT
