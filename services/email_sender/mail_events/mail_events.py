"""Processes messages of the events' queue: reads an event and writes what follows from it."""

import asyncio
import math
import random
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

import structlog
from pydantic import ValidationError

from email_sender.ledger import (
    AlreadyRecorded,
    Feedback,
    InProgress,
    LedgerUnavailableError,
    NotKnown,
    Recorded,
    Recording,
)
from email_sender.mail_events.event import AboutTheTopicError, MailEvent, read_event
from email_sender.queue.inbox import ReceivedMessage
from email_sender.reason import fit_reason
from email_sender.sending.retry_policy import Action, DeadLetter, Delete, Redeliver
from shared.backoff import Backoff
from shared.metrics import Metrics
from shared.outage import Outage

_COUNTER = {
    "Delivery": "MailsDelivered",
    "DeliveryDelay": "MailsDelayed",
    "Bounce": "MailsBounced",
    "Complaint": "MailsComplained",
    "Reject": "MailsRejected",
    "Rendering Failure": "MailsRejected",
}
_FIRST_PAUSE_SECONDS = 0.5
_MAX_PAUSE_SECONDS = 10.0

_log = structlog.get_logger()


class MailEventObservations:
    """Counters of events and of their dead letters.

    Args:
        metrics: Takes what is observed.
    """

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def recorded(self, kind: str) -> None:
        """Count an event that SES reports for the first time and that has consequences."""
        if kind in _COUNTER:
            self._metrics.count(_COUNTER[kind])

    def dead_letter(self) -> None:
        """Count a message that the events' dead-letter queue has confirmed."""
        self._metrics.count("MailEventsMalformed")


class Ledger(Protocol):
    """The ledger, as far as feedback is written into it."""

    outage: Outage

    async def record(self, feedback: Feedback) -> Recording:
        """Write what the provider says."""


class Suppression(Protocol):
    """Addresses that get no mail."""

    async def add(self, recipient: str, reason: str) -> None:
        """Send an address no mail from now on."""


class MailEvents:
    """Writes what SES says of mails into ledger and suppression list.

    Both may be written again without harm, so a message that is handed out twice, or whose deletion was not
    confirmed, changes nothing. A message is never given up for what is down: it stays in flight until it can
    be written.

    Args:
        ledger: Gets what became of mails.
        suppression: Gets addresses that bounce for good, and of those who complain.
        observations: Takes what is measured.
        now: Seconds since the Unix epoch.
        jitter: A random number in [0, 1).
    """

    def __init__(
        self,
        ledger: Ledger,
        suppression: Suppression,
        observations: MailEventObservations,
        *,
        now: Callable[[], float] = time.time,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._ledger = ledger
        self._suppression = suppression
        self._observe = observations
        self._now = now
        self._jitter = jitter
        self._giving_up = asyncio.Event()

    async def deliver(self, received: ReceivedMessage) -> Action:
        """Process one message; returns the action that is left to do on its queue."""
        try:
            event = read_event(received.body)
        except AboutTheTopicError as told:
            _log.info("mail_event_about_the_topic", message_id=received.message_id, said=str(told))
            return Delete()
        except ValueError as error:
            return self._malformed(received, error)
        structlog.contextvars.bind_contextvars(
            notification_id=None if event.feedback is None else event.feedback.notification_id
        )
        recording = await self._write(event)
        if recording is None:
            return Redeliver(0)
        return self._done(event, recording)

    def give_up(self) -> None:
        """Stop waiting for a ledger that is down."""
        self._giving_up.set()

    async def _write(self, event: MailEvent) -> Recording | None:
        """Write an event, again and again until that works; None if given up before."""
        backoff = Backoff(_FIRST_PAUSE_SECONDS, _MAX_PAUSE_SECONDS, self._jitter)
        while not self._giving_up.is_set():
            try:
                for address in event.suppress:
                    await self._suppression.add(address, event.reason)
                # A mail that the ledger has forgotten, or that is none of ours, can be complained about too.
                return NotKnown() if event.feedback is None else await self._ledger.record(event.feedback)
            except LedgerUnavailableError as error:
                self._ledger.outage.note(str(error))
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._giving_up.wait(), backoff.next())
        return None

    def _done(self, event: MailEvent, recording: Recording) -> Action:
        match recording:
            case InProgress(lease_until=until):
                # Its sender has still to say that it was sent.
                return Redeliver(math.ceil(max(until - self._now(), 0)) + 1)
            case Recorded():
                self._observe.recorded(event.kind)
                _log.info("mail_event", kind=event.kind, ses_message_id=event.message_id)
            case AlreadyRecorded():
                _log.info("mail_event_repeated", kind=event.kind, ses_message_id=event.message_id)
            case NotKnown():
                self._observe.recorded(event.kind)
                # Ours and forgotten, or somebody's who sends with the same configuration set.
                told = _log.info if event.feedback is None else _log.warning
                told("mail_event_of_no_notification", kind=event.kind, ses_message_id=event.message_id)
        return Delete()

    def _malformed(self, received: ReceivedMessage, error: ValueError) -> Action:
        why = type(error).__name__
        if isinstance(error, ValidationError):
            # Where and what, never the values: they are somebody's address.
            problems = [f"{each['loc']}: {each['type']}" for each in error.errors(include_input=False)]
            why = "; ".join(problems)
        elif not isinstance(error, UnicodeError):
            why = str(error)
        _log.error("mail_event_malformed", message_id=received.message_id, reason=fit_reason(why))
        return DeadLetter(fit_reason(f"malformed: {why}"))
