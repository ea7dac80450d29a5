"""Ids of notifications: made for a client, and recognised as that client's.

An id is a UUID and a signature of the client's id and that UUID: the API keeps nothing, and still tells
the ids that it gave to a client from any other.
"""

import hmac
import re
from uuid import UUID, uuid4, uuid5

# Any constant will do; this one must never change, or repeats would no longer be recognised.
_NAMESPACE = UUID("5b0c8e0a-3d7e-4f64-9a55-8f2d0c1e6b7a")
_SIGNATURE_DIGITS = 12
_ID = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-([0-9a-f]{12})", re.ASCII)


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
