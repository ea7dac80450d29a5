"""Outages of something that a service depends on, told once."""

import structlog

_log = structlog.get_logger()


class Outage:
    """Logs when something stops working and when it works again, and not each call that fails meanwhile.

    Args:
        of: Subject of the log's events, `<of>_unavailable` and `<of>_available`.
        about: Further fields of these events.

    Attributes:
        last_error: Why it does not work, or None if it does.
    """

    def __init__(self, of: str, **about: str) -> None:
        self._of = of
        self._about = about
        self.last_error: str | None = None

    def note(self, reason: str | None) -> None:
        """Take note of a call.

        Args:
            reason: Why it failed; None if it did not.
        """
        if reason is not None and self.last_error is None:
            _log.error(f"{self._of}_unavailable", **self._about, reason=reason)
        elif reason is None and self.last_error is not None:
            _log.info(f"{self._of}_available", **self._about)
        self.last_error = reason
