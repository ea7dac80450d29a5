"""Errors between a service and its queue."""


class QueueUnavailableError(Exception):
    """The queue did not confirm; the same may work a little later."""


class WithdrawnError(QueueUnavailableError):
    """The entry waited too long to be sent, so it was not sent at all."""


class EntryRefusedError(Exception):
    """The queue refused this one entry, and would refuse it again."""


class BatcherFullError(Exception):
    """The batcher has as many waiting entries as it may have."""


class EntryTooLargeError(Exception):
    """The entry alone is larger than a batch may be."""
