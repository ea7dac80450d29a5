"""What id a notification gets."""

from uuid import UUID, uuid4, uuid5

# Any constant will do; this one must never change, or repeats would no longer be recognised.
_NAMESPACE = UUID("5b0c8e0a-3d7e-4f64-9a55-8f2d0c1e6b7a")


def notification_id(idempotency_key: str | None) -> str:
    """An id for a notification: the same for the same `Idempotency-Key`, else a random one."""
    return str(uuid5(_NAMESPACE, idempotency_key) if idempotency_key else uuid4())
