"""One message: read it, claim it, have it sent, settle it in the ledger, and say what its queue is told."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from time import perf_counter

import structlog

from email_sender.ledger import (
    AlreadyFailed,
    AlreadySent,
    Claimed,
    Conflicting,
    InProgress,
    Ledger,
    LedgerItem,
    LedgerUnavailableError,
    OutcomeUnknown,
    failing_seconds,
)
from email_sender.mail import Mail
from email_sender.observations import Observations
from email_sender.providers.protocol import MailProvider
from email_sender.queue.inbox import ReceivedMessage
from email_sender.sending.claiming import Asked, Claiming, SendRate, Suppression, expired
from email_sender.sending.gate import Gate
from email_sender.sending.giving_up import GivingUp
from email_sender.sending.handing_over import HandingOver
from email_sender.sending.outcome import Outcome
from email_sender.sending.reading import read
from email_sender.sending.retry_policy import (
    Action,
    Attempt,
    Attempted,
    Leave,
    Limits,
    after_attempt,
    after_refusal,
)
from shared.message import NotificationMessage
from shared.trace import next_span, trace_id_of, traceparent_of, tracestate_of

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class DeliverySettings:
    """Settings of a delivery.

    Attributes:
        sender: Address that mails come from.
        timeout_seconds: Maximum time one mail may take.
        max_attempts: Failures of a mail's own at which the last one is final.
        max_age_seconds: How long a mail may go on failing by itself.
        sender_name: Name beside that address, unless a notification has one; empty for none.
    """

    sender: str
    timeout_seconds: float
    max_attempts: int
    max_age_seconds: float
    sender_name: str = ""


class Delivery:
    """Sends what messages ask for, each once.

    Args:
        provider: Takes the mails.
        ledger: Says which may be sent.
        settings: Sender, time limits and attempts.
        observations: Takes what is measured.
        gate: Lets mails through while the provider takes any; None to let all through.
        send_rate: Is asked before every claim; None for no limit.
        suppression: Addresses that get no mail; None for none.
        now: Seconds since the Unix epoch.
        jitter: A random number in [0, 1).
    """

    def __init__(  # noqa: PLR0913 - each is another part of the service
        self,
        provider: MailProvider,
        ledger: Ledger,
        settings: DeliverySettings,
        observations: Observations,
        *,
        gate: Gate | None = None,
        send_rate: SendRate | None = None,
        suppression: Suppression | None = None,
        now: Callable[[], float] = time.time,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._ledger = ledger
        self._settings = settings
        self._limits = Limits(settings.max_attempts, settings.max_age_seconds, ledger.resends_unknown)
        self._observe = observations
        self._gate = gate
        self._suppression = suppression
        self._now = now
        self._jitter = jitter
        self._giving_up = GivingUp()
        self._claiming = Claiming(
            ledger, self._giving_up, gate, send_rate, suppression, now=now, jitter=jitter
        )
        self._handing_over = HandingOver(
            provider, ledger, settings.timeout_seconds, self._giving_up, now=now, jitter=jitter
        )
        self._taken_at = 0.0

    async def deliver(self, received: ReceivedMessage) -> Action:
        """Process one message; returns the action that is left to do on its queue."""
        began = perf_counter()
        self._observe.received(received, self._now())
        outcome, action = await self._deliver(received)
        self._observe.ended(outcome, perf_counter() - began)
        return action

    def give_up(self) -> None:
        """End every attempt under way, and every later one, before its mail is handed over if that can be."""
        self._giving_up.now()

    async def _deliver(self, received: ReceivedMessage) -> tuple[Outcome, Action]:
        message = read(received, self._limits, now=self._now(), jitter=self._jitter)
        if not isinstance(message, NotificationMessage):
            return message
        span = next_span(received.traceparent, received.tracestate)
        structlog.contextvars.bind_contextvars(trace_id=trace_id_of(span), notification_id=message.id)
        asked = await self._claiming.ask(message, received)
        if not isinstance(asked, Asked):
            return Outcome.RELEASED, asked
        given = asked.given
        try:
            if not isinstance(asked.decision, Claimed):
                return self._refused(asked.decision)
            self._claimed(asked.decision)
            item = asked.decision.item
            outcome, reason = asked.unwanted or expired(message, self._now()) or (None, "")
            if outcome is None:
                mail = partial(
                    Mail.of,
                    message,
                    self._settings.sender,
                    traceparent_of(span),
                    item.attempt,
                    from_name=self._settings.sender_name,
                    tracestate=tracestate_of(span),
                )
                outcome, reason, item = await self._send(mail, message, item)
                if self._gate is not None and given is not None:
                    self._gate.leave(given, outcome, reason)
                    given = None
        finally:
            if self._gate is not None and given is not None:
                self._gate.leave(given)
        if outcome is Outcome.SENT:
            _log.info("mail_sent", attempt=item.attempt)
        else:
            _log.warning(
                "mail_not_sent",
                outcome=outcome.name.lower(),
                receive_count=received.receive_count,
                reason=reason,
            )
        return outcome, await self._settle(item, self._attempt(item, outcome, reason, received))

    def _claimed(self, decision: Claimed) -> None:
        if decision.found_unknown:
            self._observe.unknown()
            _log.warning("outcome_unknown", reason=decision.item.last_reason, attempt=decision.item.attempt)

    def _refused(
        self, decision: AlreadySent | AlreadyFailed | InProgress | OutcomeUnknown | Conflicting
    ) -> tuple[Outcome, Action]:
        action = after_refusal(decision, self._now())
        if isinstance(decision, OutcomeUnknown) and decision.found_now:
            _log.warning("outcome_unknown", reason=decision.reason)
            return Outcome.UNCERTAIN, action
        if isinstance(decision, Conflicting):
            _log.warning("message_conflicting")
            return Outcome.CONFLICTING, action
        return Outcome.DUPLICATE, action

    async def _send(
        self, mail: Callable[[], Mail], message: NotificationMessage, item: LedgerItem
    ) -> tuple[Attempted, str, LedgerItem]:
        """Hand a mail over; how that ended, why unless it was sent, and the claim as it is written now."""
        began = perf_counter()
        ended = await self._handing_over.send(mail, item)
        if ended.dead_mailbox:
            await self._suppress(message.recipient, ended.reason)
        now = self._now()
        if ended.outcome is Outcome.SENT:
            self._taken_at = now
        self._observe.tried(ended.outcome, perf_counter() - began, now - message.accepted_at.timestamp())
        return ended.outcome, ended.reason, ended.item

    async def _suppress(self, recipient: str, reason: str) -> None:
        if self._suppression is None:
            return
        try:
            await self._suppression.add(recipient, reason)
        except LedgerUnavailableError as error:
            # The next mail to it is refused as this one was.
            _log.warning("address_not_suppressed", reason=str(error))

    def _attempt(
        self, item: LedgerItem, outcome: Attempted, reason: str, received: ReceivedMessage
    ) -> Attempt:
        if outcome is Outcome.SENT:
            return Attempt(outcome, reason, received.receive_count)
        before = [event for event in item.events if event.attempt != item.attempt]
        return Attempt(
            outcome,
            reason,
            received.receive_count,
            failures=item.failures,
            refusals=item.refusals,
            failing_seconds=failing_seconds(item, self._now()),
            others_taken=self._taken_at > max((event.at for event in before), default=item.accepted_at),
            maybe_sent=any(event.event == "unknown" for event in before),
        )

    async def _settle(self, item: LedgerItem, attempt: Attempt) -> Action:
        ending, action = after_attempt(attempt, self._limits, self._jitter)
        try:
            if await self._ledger.settle(item, ending, self._giving_up.event):
                return action
        except LedgerUnavailableError as error:
            _log.error("outcome_not_written", outcome=attempt.outcome.name.lower(), reason=str(error))
        else:
            _log.warning("lease_lost", outcome=attempt.outcome.name.lower(), attempt=item.attempt)
        # Whoever gets the message next finds out what the ledger knows.
        return Leave()
