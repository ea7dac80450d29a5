"""Terraform variables that a stage gives: its account, its mail server and a key of its own."""

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Any

# The account that the emulated AWS answers for; the product's HCL takes it as an input.
EMULATED_ACCOUNT_ID = "123456789012"
_MAIL_FROM = "no-reply@notifications.example"
_CLIENT = "stage"
# Far above any load that a stage can carry: what is to be measured is the services.
_REQUESTS_PER_SECOND = 100_000


@dataclass(frozen=True)
class ApiKey:
    """A key that a stage's own API is called with, made at its start and of no use anywhere else.

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


def stage_variables(api_key: ApiKey, smtp_host: str, smtp_port: int) -> dict[str, object]:
    """Variables of the root module that have one value on a stage.

    Args:
        api_key: Who may call the Notification API.
        smtp_host: Address of the mail server.
        smtp_port: Its port.
    """
    return {
        "aws_account_id": EMULATED_ACCOUNT_ID,
        "mail": {
            "provider": "smtp",
            "from": _MAIL_FROM,
            "smtp_host": smtp_host,
            "smtp_port": smtp_port,
            "smtp_starttls": False,
            "smtp_login": False,
        },
        "api_keys": api_key.document,
        "api_keys_version": 1,
        # Whoever calls is on this machine.
        "allowed_cidr_blocks": ["127.0.0.0/8"],
    }
