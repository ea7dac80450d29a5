"""The key that a stage's own API is called with: made at its start, and of no use anywhere else."""

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Any

_CLIENT = "stage"
# Far above any load that a stage can carry: what is to be measured is the services.
_REQUESTS_PER_SECOND = 100_000


@dataclass(frozen=True)
class ApiKey:
    """A throw-away key.

    Attributes:
        token: What a caller sends: `Authorization: Bearer <token>`.
        document: What the secret of the Notification API holds, as Terraform takes it: who may call.
    """

    token: str
    document: dict[str, Any] = field(repr=False)


def make_api_key() -> ApiKey:
    """A new key for one client, and a new key for the ids of its notifications."""
    key = secrets.token_urlsafe(32)
    client = {
        "id": _CLIENT,
        "key_hashes": [hashlib.sha256(key.encode()).hexdigest()],
        "requests_per_second": _REQUESTS_PER_SECOND,
        "burst": _REQUESTS_PER_SECOND,
    }
    return ApiKey(f"{_CLIENT}.{key}", {"id_key": secrets.token_hex(32), "clients": [client]})
