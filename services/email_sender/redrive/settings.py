"""Settings of a redrive."""

from email_sender.operator_settings import LedgerSettings, Name


class RedriveSettings(LedgerSettings):
    """Settings of a redrive: its queues and the ledger.

    Attributes:
        queue_name: SQS queue for normal priority.
        priority_queue_name: SQS queue for high priority; empty if there is none.
        dead_letter_queue_name: SQS queue that dead letters of both are on.
    """

    queue_name: Name
    priority_queue_name: str = ""
    dead_letter_queue_name: Name
