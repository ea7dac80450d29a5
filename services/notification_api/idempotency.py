"""Repeats of a notification: its Idempotency-Key, the id and the fingerprint by which a repeat is recognised.

An id is a UUID and a signature of the client's id and that UUID: the API keeps nothing, and still tells
the ids that it gave to a client from any other.
"""

import hashlib
import hmac
import re
import time
from collections.abc import Callable, Mapping
from uuid import UUID, uuid4, uuid5

from starlette.requests import Request

from notification_api.models import InvalidField
from notification_api.validation import InvalidError
from shared.address import with_unicode_domain
from shared.message import Priority

IDEMPOTENCY_KEY = "Idempotency-Key"
"""Header that makes repeats of a notification one notification."""
_IS_KEY = re.compile(r"[\x21-\x7e]{1,256}")
# Any constant will do; this one must never change, or repeats would no longer be recognised.
_NAMESPACE = UUID("5b0c8e0a-3d7e-4f64-9a55-8f2d0c1e6b7a")
_SIGNATURE_DIGITS = 12
_ID = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-([0-9a-f]{12})", re.ASCII)

MAX_ENTRIES = 50_000
"""Maximum number of ids that are remembered, some 10 MB."""
MAX_AGE_SECONDS = 24 * 3600
_DIGEST_CHARACTERS = 32


class RepeatedKeyError(Exception):
    """The Idempotency-Key came with different content before."""


def idempotency_key_of(request: Request) -> str | None:
    """The request's Idempotency-Key, or None if there is none.

    Raises:
        InvalidError: It is malformed, or there are several.
    """
    keys = request.headers.getlist(IDEMPOTENCY_KEY)
    if not keys:
        return None
    if len(keys) > 1:
        raise InvalidError([InvalidField(pointer=IDEMPOTENCY_KEY, detail="must appear at most once")])
    if _IS_KEY.fullmatch(keys[0]) is None:
        detail = "must have 1 to 256 visible ASCII characters"
        raise InvalidError([InvalidField(pointer=IDEMPOTENCY_KEY, detail=detail)])
    return keys[0]


def refuse_idempotency_key(request: Request) -> None:
    """Refuse a batch with an Idempotency-Key.

    Raises:
        InvalidError: There is one.
    """
    if IDEMPOTENCY_KEY in request.headers:
        # One key for all would make them one notification; none at all would lose what was meant.
        detail = 'give each notification its own "idempotency_key" instead'
        raise InvalidError([InvalidField(pointer=IDEMPOTENCY_KEY, detail=detail)])


def new_id(id_key: bytes, client_id: str, idempotency_key: str | None) -> str:
    """An id: the same for the same client and `Idempotency-Key`, else a random one."""
    # No client's id has a colon, so no two pairs are joined alike.
    uuid = str(uuid5(_NAMESPACE, f"{client_id}:{idempotency_key}")) if idempotency_key else str(uuid4())
    return f"{uuid}-{_signature(id_key, client_id, uuid)}"


def is_of(id_key: bytes, client_id: str, notification_id: str) -> bool:
    """Whether this id was given to this client."""
    parts = _ID.fullmatch(notification_id)
    return parts is not None and hmac.compare_digest(_signature(id_key, client_id, parts[1]), parts[2])


def _signature(id_key: bytes, client_id: str, uuid: str) -> str:
    return hmac.digest(id_key, f"{client_id}:{uuid}".encode(), "sha256").hex()[:_SIGNATURE_DIGITS]


def fingerprint_of(
    recipient: str, subject: str, body: str, priority: Priority, extras: Mapping[str, str]
) -> str:
    """Digest of what a mail says and whom it goes to, in whatever spelling of the address's domain.

    When it expires is no part of it: a caller who tries again counts from then.
    """
    if "xn--" in recipient:
        recipient = with_unicode_domain(recipient)
    # With their lengths, so that no two notifications are joined alike.
    joined = f"{len(recipient)}:{recipient}{len(subject)}:{subject}{priority}:{body}"
    if extras:
        # No other notification's begins with a letter, and without extras it is what it was before there
        # were any: repeats may meet tasks of two versions.
        before = "".join([f"{name}{len(value)}:{value}" for name, value in extras.items()])
        joined = before + joined
    return hashlib.sha256(joined.encode()).hexdigest()


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
