"""One message: read it, send it, say how that ended."""

import asyncio
from datetime import UTC, datetime
from time import perf_counter

import structlog
from pydantic import ValidationError

from contract.message import NotificationMessage
from email_sender.inbox import ReceivedMessage
from email_sender.mail import Mail
from email_sender.outcome import Outcome
from email_sender.providers.protocol import MailProvider, PermanentError, ProviderError, ThrottledError
from observability.metrics import Metrics

_METRIC = {
    Outcome.SENT: "MailsSent",
    Outcome.THROTTLED: "MailsThrottled",
    Outcome.TRANSIENT: "MailsFailedForNow",
    Outcome.PERMANENT: "MailsRefused",
    Outcome.MALFORMED: "MessagesMalformed",
    Outcome.RELEASED: "MessagesReleased",
}
_log = structlog.get_logger()


class Delivery:
    """Sends what messages ask for.

    Args:
        provider: Takes the mails.
        sender: Address that mails come from.
        timeout_seconds: Longest time one mail may take.
        metrics: Takes what is observed.
    """

    def __init__(
        self, provider: MailProvider, *, sender: str, timeout_seconds: float, metrics: Metrics
    ) -> None:
        self._provider = provider
        self._sender = sender
        self._timeout_seconds = timeout_seconds
        self._metrics = metrics
        self._limits: set[asyncio.Timeout] = set()
        self._giving_up = False

    async def deliver(self, received: ReceivedMessage) -> Outcome:
        """Try to send one message's mail."""
        outcome = await self._attempt(received)
        self._metrics.count(_METRIC[outcome])
        return outcome

    def give_up(self) -> None:
        """End every attempt under way, and every later one, as released."""
        self._giving_up = True
        now = asyncio.get_running_loop().time()
        for limit in self._limits:
            limit.reschedule(now)

    async def _attempt(self, received: ReceivedMessage) -> Outcome:
        if self._giving_up:
            return Outcome.RELEASED
        try:
            message = NotificationMessage.from_json(received.body)
        except ValidationError as error:
            # Where and what, never the values: they are somebody's mail.
            problems = [f"{each['loc']}: {each['type']}" for each in error.errors(include_input=False)]
            _log.error("message_malformed", message_id=received.message_id, problems=problems)
            return Outcome.MALFORMED
        began = perf_counter()
        try:
            async with asyncio.timeout(self._timeout_seconds) as limit:
                self._limits.add(limit)
                try:
                    await self._provider.send(Mail.of(message, self._sender))
                finally:
                    self._limits.discard(limit)
        except (ProviderError, TimeoutError) as error:
            return self._failed(message, received, error)
        self._metrics.observe("SendDuration", (perf_counter() - began) * 1000, "Milliseconds")
        age = datetime.now(UTC) - message.accepted_at
        self._metrics.observe("AcceptedToSent", age.total_seconds() * 1000, "Milliseconds")
        return Outcome.SENT

    def _failed(
        self, message: NotificationMessage, received: ReceivedMessage, error: ProviderError | TimeoutError
    ) -> Outcome:
        if isinstance(error, TimeoutError) and self._giving_up:
            return Outcome.RELEASED
        if isinstance(error, PermanentError):
            outcome = Outcome.PERMANENT
        elif isinstance(error, ThrottledError):
            outcome = Outcome.THROTTLED
        else:
            outcome = Outcome.TRANSIENT
        _log.warning(
            "mail_not_sent",
            outcome=outcome.name.lower(),
            notification_id=message.id,
            receive_count=received.receive_count,
            reason=str(error) or f"no answer within {self._timeout_seconds:g} s",
        )
        return outcome
