"""What is measured of SES's events."""

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
    """Names what is measured.

    Args:
        metrics: Takes what is observed.
    """

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def recorded(self, kind: str) -> None:
        """SES said something for the first time; what has no consequences is not counted."""
        if kind in _COUNTER:
            self._metrics.count(_COUNTER[kind])

    def dead_letter(self) -> None:
        """The events' dead-letter queue has confirmed a message."""
        self._metrics.count("MailEventsMalformed")
