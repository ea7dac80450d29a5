"""Clients and the hashes of their API keys, as the secret holds them."""

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field, StringConstraints, ValidationError

from notification_api.client_limits import Share, TokenBucket
from shared.message import ClientId

_EXPLAINED = (
    'it must hold JSON: {"id_key": "<32 hexadecimal digits or more>", "clients": [{"id": "team-a", '
    '"key_hashes": ["<SHA-256 of a key>"], "requests_per_second": 50, "burst": 100}]}'
)


class KeyRingError(Exception):
    """Defect of the secret with the API keys, in words that quote nothing of it."""


class _ClientEntry(BaseModel):
    id: ClientId
    # None at all shuts a client out without forgetting it.
    key_hashes: list[
        Annotated[str, StringConstraints(to_lower=True), StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    ]
    requests_per_second: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    burst: Annotated[int, Field(ge=1)]


def _named_once(clients: list[_ClientEntry]) -> list[_ClientEntry]:
    if len({client.id for client in clients}) != len(clients):
        raise ValueError("every client must have an id of its own")
    return clients


class _Document(BaseModel):
    id_key: Annotated[str, StringConstraints(pattern=r"^[0-9a-fA-F]{32,}$")]
    clients: Annotated[list[_ClientEntry], AfterValidator(_named_once)]


@dataclass(frozen=True, slots=True)
class Client:
    """A client that may call the API.

    Attributes:
        id: Name, in every message of theirs.
        key_hashes: SHA-256 of each of their keys, in hexadecimal.
        bucket: What they may still ask of this task.
        share: What they have in flight in this task.
    """

    id: str
    key_hashes: tuple[str, ...]
    bucket: TokenBucket
    share: Share = field(default_factory=Share)


# Compared with where there is no such client, so that the time taken does not tell one from the other.
_NOBODY = Client("", (secrets.token_hex(32),), TokenBucket(1, 1))


class KeyRing:
    """All clients that may call the API.

    Attributes:
        id_key: What the ids of notifications are signed with.
    """

    def __init__(self, id_key: bytes, clients: Mapping[str, Client]) -> None:
        self.id_key = id_key
        self._clients = clients

    @classmethod
    def read(
        cls, text: str, before: "KeyRing | None" = None, *, now: Callable[[], float] = time.monotonic
    ) -> "KeyRing":
        """Read the secret's text.

        Args:
            text: JSON, as `python -m notification_api.new_key` explains it.
            before: What was read the last time; a client that was there goes on with the tokens they have
                and with what they have in flight.
            now: Clock of the clients' buckets.

        Raises:
            KeyRingError: The text is not of that form, or has another `id_key` than before.
        """
        try:
            document = _Document.model_validate_json(text)
        except ValidationError as error:
            # A value may be a secret, so only places are named.
            places = sorted({".".join(map(str, each["loc"])) or "JSON" for each in error.errors()})
            raise KeyRingError(f"{_EXPLAINED}; wrong: {', '.join(places)}") from None
        id_key = document.id_key.encode()
        if before is not None and before.id_key != id_key:
            raise KeyRingError(
                "id_key must never change, or callers lose sight of what they sent: restore it"
            )
        known = {} if before is None else before._clients  # noqa: SLF001 - of the same kind
        clients = {}
        for entry in document.clients:
            hashes = tuple(entry.key_hashes)
            if entry.id in known:
                client = replace(known[entry.id], key_hashes=hashes)
                client.bucket.change(entry.requests_per_second, entry.burst)
            else:
                bucket = TokenBucket(entry.requests_per_second, entry.burst, now=now)
                client = Client(entry.id, hashes, bucket)
            clients[entry.id] = client
        return cls(id_key, clients)

    def find(self, credentials: str) -> Client | None:
        """Client that these credentials belong to, or None.

        All that can be compared is compared, whatever was found already.

        Args:
            credentials: Client id, a dot, and the key.
        """
        client_id, _, key = credentials.partition(".")
        presented = hashlib.sha256(key.encode()).hexdigest()
        client = self._clients.get(client_id, _NOBODY)
        known = False
        for key_hash in client.key_hashes:
            known |= hmac.compare_digest(key_hash, presented)
        return client if known else None
