"""Memory of which content each Idempotency-Key came with, as far as this task has seen."""

import time
from collections.abc import Callable

MAX_ENTRIES = 50_000
"""Maximum number of ids that are remembered, some 10 MB."""
MAX_AGE_SECONDS = 24 * 3600
_DIGEST_CHARACTERS = 32


class Repeats:
    """Recognises a key that comes again with another content, for up to a day.

    Other tasks do not know what this one has seen, and a restart forgets: the Email Sender's ledger then
    still sees to it that there is no second mail, which the caller reads in the notification's timeline.

    Entries are kept in two halves, and the older half goes at once when it is old or the younger one is
    full: nothing is done for a single entry, and nothing is looked through.

    Args:
        max_entries: Entries of both halves together.
        max_age_seconds: When an entry counts no more; it may be forgotten at half of that.
        now: Seconds on a clock that only goes forward.
    """

    def __init__(
        self,
        *,
        max_entries: int = MAX_ENTRIES,
        max_age_seconds: float = MAX_AGE_SECONDS,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._half = max_entries // 2
        self._half_seconds = max_age_seconds / 2
        self._now = now
        self._young: dict[str, bytes] = {}
        self._old: dict[str, bytes] = {}
        self._began = now()

    def __len__(self) -> int:
        """Entries that are remembered."""
        return len(self._young) + len(self._old)

    def is_conflict(self, notification_id: str, fingerprint: str) -> bool:
        """Whether this id is known with another content.

        Args:
            notification_id: Follows from the client and their key.
            fingerprint: Hexadecimal digest of the content, of 32 digits or more.
        """
        self._forget_old()
        known = self._young.get(notification_id) or self._old.get(notification_id)
        return known is not None and known != _digest(fingerprint)

    def remember(self, notification_id: str, fingerprint: str) -> bool:
        """Keep the content of an id; whether the id was not known before."""
        if notification_id in self._young:
            return False
        if len(self._young) >= self._half:
            self._turn()
        self._young[notification_id] = _digest(fingerprint)
        return notification_id not in self._old

    def forget(self, notification_id: str) -> None:
        """Forget the content of an id that was not accepted."""
        self._young.pop(notification_id, None)
        self._old.pop(notification_id, None)

    def _forget_old(self) -> None:
        age = self._now() - self._began
        if age >= self._half_seconds:
            self._turn()
            if age >= 2 * self._half_seconds:
                self._turn()

    def _turn(self) -> None:
        self._old, self._young = self._young, {}
        self._began = self._now()


def _digest(fingerprint: str) -> bytes:
    return bytes.fromhex(fingerprint[:_DIGEST_CHARACTERS])
