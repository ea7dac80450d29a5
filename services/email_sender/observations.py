"""Metrics of messages and mails."""

from email_sender.queue.inbox import ReceivedMessage
from email_sender.sending.outcome import Outcome
from shared.metrics import Metrics

# Goal of the service, from the Notification API's answer to the provider's.
IN_TIME_SECONDS = 10.0

_COUNTER = {
    Outcome.SENT: "MailsSent",
    Outcome.UNAVAILABLE: "MailsUnavailable",
    Outcome.THROTTLED: "MailsThrottled",
    Outcome.TRANSIENT: "MailsTransientFailure",
    Outcome.PERMANENT: "MailsRefused",
    Outcome.UNCERTAIN: "MailsUnknown",
    Outcome.RELEASED: "MessagesReleased",
    Outcome.EXPIRED: "MailsExpired",
    Outcome.MALFORMED: "MessagesMalformed",
    Outcome.UNKNOWN_VERSION: "MessagesOfUnknownVersion",
    Outcome.DUPLICATE: "MessagesDuplicate",
    Outcome.CONFLICTING: "MessagesConflicting",
}


BY_RELEASE = frozenset({"MailsSent", "MailsTransientFailure", "MailsRefused", "MailsUnknown", "SendDuration"})
"""Metrics that are there for each release, too: a canary is compared with the stable service by them."""


class Observations:
    """Counters and durations of messages and mails.

    Counters and the metrics that alarms and graphs read have no dimensions of their own; durations are
    also there for each provider and outcome.

    Args:
        metrics: Takes what is observed.
        provider: Value of the dimension `Provider`.
    """

    def __init__(self, metrics: Metrics, provider: str) -> None:
        self._metrics = metrics
        self._provider = provider

    def received(self, message: ReceivedMessage, now: float) -> None:
        """Observe a message's wait on the queue, which says something only at its first receive."""
        if message.receive_count == 1:
            wait = max(now - message.sent_at, 0.0) * 1000
            self._metrics.observe("QueueWait", wait, "Milliseconds", Provider=self._provider)

    def tried(self, outcome: Outcome, seconds: float, age_seconds: float) -> None:
        """Observe an attempt in which the provider was given a mail.

        Args:
            outcome: How that ended.
            seconds: How long it took.
            age_seconds: Time since the Notification API accepted it, by two tasks' clocks: what is less than
                no time counts as none.
        """
        age_seconds = max(age_seconds, 0.0)
        metrics, dimensions = self._metrics, {"Provider": self._provider, "Outcome": outcome.name.lower()}
        metrics.observe("SendDuration", seconds * 1000, "Milliseconds", **dimensions)
        if outcome is Outcome.SENT:
            metrics.observe("SendDuration", seconds * 1000, "Milliseconds")
            metrics.observe("AcceptedToSent", age_seconds * 1000, "Milliseconds")
            metrics.observe("AcceptedToSent", age_seconds * 1000, "Milliseconds", **dimensions)
            in_time = 100.0 if age_seconds <= IN_TIME_SECONDS else 0.0
            metrics.observe("HandedOverInTime", in_time, "Percent")
            metrics.observe("HandedOverInTime", in_time, "Percent", Provider=self._provider)

    def ended(self, outcome: Outcome, seconds: float) -> None:
        """Count a processed message by its outcome, before its queue is told."""
        self._metrics.count(_COUNTER[outcome])
        dimensions = {"Provider": self._provider, "Outcome": outcome.name.lower()}
        self._metrics.observe("ProcessingTime", seconds * 1000, "Milliseconds", **dimensions)

    def unknown(self) -> None:
        """Count an attempt whose end nobody has reported."""
        self._metrics.count("MailsUnknown")

    def dead_letter(self) -> None:
        """Count a message that the dead-letter queue has confirmed."""
        self._metrics.count("DeadLetters")
