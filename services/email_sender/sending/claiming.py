"""Checks before an attempt: the mail is still wanted, the provider takes mails, and nobody else sends it."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from email_sender.ledger import ClaimRequest, Decision, Ledger, LedgerUnavailableError
from email_sender.queue.inbox import ReceivedMessage
from email_sender.sending.gate import Gate, Pass
from email_sender.sending.giving_up import GivingUp
from email_sender.sending.outcome import Outcome
from email_sender.sending.retry_policy import EXPIRED_REASON, Action, Attempted, Redeliver, after_turning_away
from shared.backoff import Backoff
from shared.message import NotificationMessage, Priority

_FIRST_PAUSE_SECONDS = 0.5
_MAX_PAUSE_SECONDS = 10.0
_SUPPRESSED_REASON = "the recipient is on the suppression list"


class SendRate(Protocol):
    """The whole account's limit."""

    async def take(self, priority: Priority) -> None:
        """Wait until one more mail may be sent."""


class Suppression(Protocol):
    """Addresses that get no mail."""

    async def is_suppressed(self, recipient: str) -> bool:
        """Whether an address gets no mail."""

    async def add(self, recipient: str, reason: str) -> None:
        """Send an address no mail from now on."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Answer of the ledger about a mail, with the leave to hand it over.

    Attributes:
        decision: The ledger's.
        unwanted: Why the mail must not be sent whatever the ledger says; None if it may.
        given: Leave to hand it over; None for an unwanted one, and if there is no gate.
    """

    decision: Decision
    unwanted: tuple[Attempted, str] | None
    given: Pass | None


def expired(message: NotificationMessage, now: float) -> tuple[Attempted, str] | None:
    """Result of an attempt at a mail that is too old to be of use; None for any other.

    Args:
        message: Asks to send it.
        now: Seconds since the Unix epoch.
    """
    if message.expires_at is None or now < message.expires_at.timestamp():
        return None
    return Outcome.EXPIRED, EXPIRED_REASON


class Claiming:
    """Waits for gate, send rate and ledger, in this order, and claims mails.

    Args:
        ledger: Says which may be sent.
        giving_up: Ends every wait.
        gate: Lets mails through while the provider takes any; None to let all through.
        send_rate: Is asked before every claim; None for no limit.
        suppression: Addresses that get no mail; None for none.
        now: Seconds since the Unix epoch.
        jitter: A random number in [0, 1).
    """

    def __init__(  # noqa: PLR0913 - each is another part of the service
        self,
        ledger: Ledger,
        giving_up: GivingUp,
        gate: Gate | None,
        send_rate: SendRate | None,
        suppression: Suppression | None,
        *,
        now: Callable[[], float],
        jitter: Callable[[], float],
    ) -> None:
        self._ledger = ledger
        self._giving_up = giving_up
        self._gate = gate
        self._send_rate = send_rate
        self._suppression = suppression
        self._now = now
        self._jitter = jitter

    async def ask(self, message: NotificationMessage, received: ReceivedMessage) -> Asked | Action:
        """Claim the message's mail, after waiting for circuit breaker and send rate.

        As long as the ledger does not answer the message stays in flight, so that slots fill up and
        nothing more is received: redelivery would make work for nothing.

        Returns:
            The ledger's answer; or what happens to a message that is handed back without having been claimed.
        """
        request = ClaimRequest(
            notification_id=message.id,
            client_id=message.client_id,
            fingerprint=message.fingerprint,
            accepted_at=message.accepted_at.timestamp(),
            owner=f"{random.getrandbits(64):016x}",
        )
        given: Pass | None = None
        may_send = self._send_rate is None
        backoff = Backoff(_FIRST_PAUSE_SECONDS, _MAX_PAUSE_SECONDS, self._jitter)
        try:
            while not self._giving_up.event.is_set():
                try:
                    unwanted = expired(message, self._now()) or await self._suppressed(message)
                    if unwanted is None and self._gate is not None and given is None:
                        given = self._gate.enter_at_once()
                        if given is None:
                            given = await self._giving_up.wait(self._gate.enter(message.priority))
                        if given is None:
                            return after_turning_away(received.receive_count, self._jitter)
                    if unwanted is None and self._send_rate is not None and not may_send:
                        await self._giving_up.wait(self._send_rate.take(message.priority))
                        may_send = True
                    decision = await self._ledger.claim(request, redelivered=received.receive_count > 1)
                except TimeoutError:
                    # Only giving up ends the wait for the gate and for the send rate.
                    break
                except LedgerUnavailableError as error:
                    # The suppression list is in the same table.
                    self._ledger.outage.note(str(error))
                    await self._giving_up.pause(backoff.next())
                else:
                    asked = Asked(decision, unwanted, given)
                    given = None
                    return asked
        finally:
            if self._gate is not None and given is not None:
                self._gate.leave(given)
        return Redeliver(0)

    async def _suppressed(self, message: NotificationMessage) -> tuple[Attempted, str] | None:
        if self._suppression is None or not await self._suppression.is_suppressed(message.recipient):
            return None
        return Outcome.PERMANENT, _SUPPRESSED_REASON
