"""Errors between the Email Sender and its ledger."""

from email_sender.ledger.item import LedgerItem


class LedgerUnavailableError(Exception):
    """The ledger did not confirm, or is asked for more than it can give; the same may work later."""


class VersionChangedError(Exception):
    """Somebody else wrote the item first.

    Attributes:
        current: The item as it is now; None if it is there no more.
    """

    def __init__(self, current: LedgerItem | None) -> None:
        super().__init__("somebody else wrote the item first")
        self.current = current
