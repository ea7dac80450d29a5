"""One message: read it, claim it, send it, settle it in the ledger, and say what its queue is told."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from time import perf_counter
from typing import Protocol, TypeVar

import structlog
from pydantic import ValidationError

from contract.message import NotificationMessage, Priority
from contract.trace import next_span, trace_id_of, traceparent_of
from email_sender.inbox import ReceivedMessage
from email_sender.ledger import (
    AlreadyFailed,
    AlreadySent,
    Claimed,
    Conflicting,
    Decision,
    Facts,
    InProgress,
    Ledger,
    LedgerItem,
    LedgerUnavailableError,
    OutcomeUnknown,
)
from email_sender.mail import Mail
from email_sender.observations import Observations
from email_sender.outcome import Outcome
from email_sender.providers.protocol import (
    Handover,
    MailProvider,
    PermanentError,
    ProviderError,
    ThrottledError,
    UncertainError,
)
from email_sender.reason import fit_reason
from email_sender.retry_policy import (
    Action,
    Attempt,
    Attempted,
    DeadLetter,
    Leave,
    Limits,
    Redeliver,
    after_attempt,
    after_refusal,
)

_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 10.0

T = TypeVar("T")
_log = structlog.get_logger()


class SendRate(Protocol):
    """The whole account's limit."""

    async def take(self, priority: Priority) -> None:
        """Wait until one more mail may be sent."""


class Suppression(Protocol):
    """Addresses that get no mail."""

    async def is_suppressed(self, recipient: str) -> bool:
        """Whether this one gets none."""

    async def add(self, recipient: str, reason: str) -> None:
        """Send this one none from now on."""


@dataclass(frozen=True, slots=True)
class DeliveryRules:
    """What the settings say.

    Attributes:
        sender: Address that mails come from.
        timeout_seconds: Longest time one mail may take.
        max_receive_count: Receive count at which a failure for now is final.
    """

    sender: str
    timeout_seconds: float
    max_receive_count: int


class Delivery:
    """Sends what messages ask for, each once.

    Args:
        provider: Takes the mails.
        ledger: Says which may be sent.
        rules: What the settings say.
        observations: Takes what is measured.
        send_rate: Is asked before every claim; None for no limit.
        suppression: Addresses that get no mail; None for none.
        now: Seconds since the Unix epoch.
        jitter: A random number in [0, 1).
    """

    def __init__(  # noqa: PLR0913 - each is another part of the service
        self,
        provider: MailProvider,
        ledger: Ledger,
        rules: DeliveryRules,
        observations: Observations,
        *,
        send_rate: SendRate | None = None,
        suppression: Suppression | None = None,
        now: Callable[[], float] = time.time,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._provider = provider
        self._ledger = ledger
        self._rules = rules
        self._limits = Limits(rules.max_receive_count, ledger.resends_unknown)
        self._observe = observations
        self._send_rate = send_rate
        self._suppression = suppression
        self._now = now
        self._jitter = jitter
        self._under_way: set[asyncio.Timeout] = set()
        self._giving_up = asyncio.Event()

    async def deliver(self, received: ReceivedMessage) -> Action:
        """Deal with one message; what is returned is all that is left to do for it."""
        began = perf_counter()
        self._observe.received(received, self._now())
        outcome, action = await self._deliver(received)
        self._observe.ended(outcome, perf_counter() - began)
        return action

    def give_up(self) -> None:
        """End every attempt under way, and every later one, before its mail is handed over if that can be."""
        self._giving_up.set()
        now = asyncio.get_running_loop().time()
        for limit in self._under_way:
            # One that has run out by itself cannot be moved, and need not be.
            if not limit.expired():
                limit.reschedule(now)

    async def _deliver(self, received: ReceivedMessage) -> tuple[Outcome, Action]:
        try:
            message = NotificationMessage.from_json(received.body)
        except ValidationError as error:
            # Where and what, never the values: they are somebody's mail.
            problems = [f"{each['loc']}: {each['type']}" for each in error.errors(include_input=False)]
            _log.error("message_malformed", message_id=received.message_id, problems=problems)
            return Outcome.MALFORMED, DeadLetter(fit_reason(f"malformed: {'; '.join(problems)}"))
        span = next_span(received.traceparent)
        structlog.contextvars.bind_contextvars(trace_id=trace_id_of(span), notification_id=message.id)
        asked = await self._ask(message, received)
        if asked is None:
            return Outcome.RELEASED, Redeliver(0)
        decision, suppressed = asked
        if not isinstance(decision, Claimed):
            return self._refused(decision)
        if decision.found_unknown:
            self._observe.unknown()
            _log.warning("outcome_unknown", reason=decision.item.last_reason, attempt=decision.item.attempt)
        if suppressed:
            outcome: Attempted = Outcome.PERMANENT
            reason = "the recipient is on the suppression list"
        else:
            mail = Mail.of(message, self._rules.sender, traceparent_of(span), decision.item.attempt)
            outcome, reason = await self._send(mail, message, decision.item)
        if outcome is Outcome.SENT:
            _log.info("mail_sent", attempt=decision.item.attempt)
        else:
            _log.warning(
                "mail_not_sent",
                outcome=outcome.name.lower(),
                receive_count=received.receive_count,
                reason=reason,
            )
        attempt = Attempt(outcome, reason, decision.item.attempt, received.receive_count)
        return outcome, await self._settle(decision.item, attempt)

    async def _ask(
        self, message: NotificationMessage, received: ReceivedMessage
    ) -> tuple[Decision, bool] | None:
        """Claim the message's mail, after waiting for what has to be waited for; None if released meanwhile.

        As long as the ledger does not answer the message stays in hand, so that hands fill up and
        nothing more is received: redelivery would use up receive counts for nothing.

        Returns:
            The ledger's decision, and whether the recipient gets no mail.
        """
        facts = Facts(
            notification_id=message.id,
            client_id=message.client_id,
            fingerprint=message.fingerprint,
            accepted_at=message.accepted_at.timestamp(),
            owner=f"{random.getrandbits(64):016x}",
        )
        may_send = self._send_rate is None
        pause = _FIRST_PAUSE_SECONDS
        while not self._giving_up.is_set():
            try:
                suppressed = self._suppression is not None and await self._suppression.is_suppressed(
                    message.recipient
                )
                if self._send_rate is not None and not may_send and not suppressed:
                    await self._within(None, self._send_rate.take(message.priority))
                    may_send = True
                decision = await self._ledger.claim(facts, redelivered=received.receive_count > 1)
            except TimeoutError:
                # Only giving up ends the wait for the send rate.
                break
            except LedgerUnavailableError as error:
                # The suppression list is in the same table.
                self._ledger.note(str(error))
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._giving_up.wait(), pause)
                pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
            else:
                return decision, suppressed
        return None

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
        self, mail: Mail, message: NotificationMessage, item: LedgerItem
    ) -> tuple[Attempted, str]:
        """Hand a mail over; how that ended, and why unless it was sent."""
        if self._giving_up.is_set() or self._now() + self._rules.timeout_seconds > item.lease_until:
            # Nobody else may send it as long as this might still do so.
            return Outcome.RELEASED, "released before it was handed over"
        handover = Handover()
        began = perf_counter()
        reason = ""
        outcome: Attempted = Outcome.SENT
        try:
            await self._within(self._rules.timeout_seconds, self._provider.send(mail, handover))
        except TimeoutError:
            outcome, reason = self._timed_out(handover)
        except ProviderError as error:
            outcome, reason = _kind(error), fit_reason(str(error))
            if isinstance(error, PermanentError) and error.dead_mailbox:
                await self._suppress(mail.recipient, reason)
        age = self._now() - message.accepted_at.timestamp()
        self._observe.tried(outcome, perf_counter() - began, age)
        return outcome, reason

    def _timed_out(self, handover: Handover) -> tuple[Attempted, str]:
        given_up = self._giving_up.is_set()
        why = "the task had to stop" if given_up else f"no answer within {self._rules.timeout_seconds:g} s"
        if handover.begun:
            return Outcome.UNCERTAIN, why
        return (Outcome.RELEASED if given_up else Outcome.TRANSIENT), why

    async def _suppress(self, recipient: str, reason: str) -> None:
        if self._suppression is None:
            return
        try:
            await self._suppression.add(recipient, reason)
        except LedgerUnavailableError as error:
            # The next mail to it is refused as this one was.
            _log.warning("address_not_suppressed", reason=str(error))

    async def _settle(self, item: LedgerItem, attempt: Attempt) -> Action:
        ending, action = after_attempt(attempt, self._limits, self._jitter)
        try:
            if await self._ledger.settle(item, ending):
                return action
        except LedgerUnavailableError as error:
            _log.error("outcome_not_written", outcome=attempt.outcome.name.lower(), reason=str(error))
        else:
            _log.warning("lease_lost", outcome=attempt.outcome.name.lower(), attempt=attempt.number)
        # Whoever gets the message next finds out what the ledger knows.
        return Leave()

    async def _within(self, seconds: float | None, work: Awaitable[T]) -> T:
        """Wait for something so long, and no longer once this gives up.

        Raises:
            TimeoutError: It took too long.
        """
        async with asyncio.timeout(seconds) as limit:
            self._under_way.add(limit)
            try:
                return await work
            finally:
                self._under_way.discard(limit)


def _kind(error: ProviderError) -> Attempted:
    match error:
        case PermanentError():
            return Outcome.PERMANENT
        case ThrottledError():
            return Outcome.THROTTLED
        case UncertainError():
            return Outcome.UNCERTAIN
        case _:
            return Outcome.TRANSIENT
