"""The ledger: the state of every notification, who may send it, and how that ended.

A message may be delivered twice, and a task may end between any two steps. So an attempt to send is
claimed here first and settled here afterwards, each time by compare-and-swap: what to do with an item
is decided by pure functions, and the table takes a decision only if the item is still the one that
it was made about.
"""

from email_sender.ledger.client import dynamodb_client
from email_sender.ledger.decide import (
    MAX_BACKOFF_SECONDS,
    AlreadyFailed,
    AlreadySent,
    Claimed,
    ClaimRequest,
    Conflicting,
    Decision,
    Ending,
    InProgress,
    LeasePolicy,
    OutcomeUnknown,
    failing_seconds,
)
from email_sender.ledger.feedback import (
    AlreadyRecorded,
    Feedback,
    FeedbackKind,
    NotKnown,
    Recorded,
    Recording,
)
from email_sender.ledger.item import Event, LedgerItem, LedgerUnavailableError, VersionChangedError
from email_sender.ledger.ledger import Ledger
from email_sender.ledger.table import LedgerTable

__all__ = [
    "MAX_BACKOFF_SECONDS",
    "AlreadyFailed",
    "AlreadyRecorded",
    "AlreadySent",
    "ClaimRequest",
    "Claimed",
    "Conflicting",
    "Decision",
    "Ending",
    "Event",
    "Feedback",
    "FeedbackKind",
    "InProgress",
    "LeasePolicy",
    "Ledger",
    "LedgerItem",
    "LedgerTable",
    "LedgerUnavailableError",
    "NotKnown",
    "OutcomeUnknown",
    "Recorded",
    "Recording",
    "VersionChangedError",
    "dynamodb_client",
    "failing_seconds",
]
