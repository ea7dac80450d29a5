"""Metrics of SES's events."""

from shared.metrics import Metrics

_COUNTER = {
    "Delivery": "MailsDelivered",
    "DeliveryDelay": "MailsDelayed",
    "Bounce": "MailsBounced",
    "Complaint": "MailsComplained",
    "Reject": "MailsRejected",
    "Rendering Failure": "MailsRejected",
}


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
