"""Terraform variables that a stage gives: its account, its mail server and a key of its own."""

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Any

# The account that the emulated AWS answers for; the product's HCL takes it as an input.
EMULATED_ACCOUNT_ID = "123456789012"
_MAIL_FROM = "no-reply@notifications.example"
_CLIENT, _LIMITED_CLIENT = "stage", "limited"
# Far above any load that a stage can carry: what is to be measured is the services.
_REQUESTS_PER_SECOND = 100_000

LIMITED_REQUESTS_PER_SECOND = 0.25
"""Rate of the limited client at each task; small, so that a multiple of it is no load on a small fleet."""


@dataclass(frozen=True)
class ApiKey:
    """A key that a stage's own API is called with, made at its start and of no use anywhere else.

    Attributes:
        token: What a caller sends: `Authorization: Bearer <token>`.
        document: What the secret of the Notification API holds, as Terraform takes it: who may call.
        limited_token: Token of another client, who may ask seldom.
    """

    token: str = field(repr=False)
    document: dict[str, Any] = field(repr=False)
    limited_token: str = field(default="", repr=False)


def make_api_key() -> ApiKey:
    """New keys for two clients, and a new key for the ids of their notifications."""
    token, client = _make_client(_CLIENT, _REQUESTS_PER_SECOND, _REQUESTS_PER_SECOND)
    limited_token, limited = _make_client(_LIMITED_CLIENT, LIMITED_REQUESTS_PER_SECOND, 1)
    return ApiKey(token, {"id_key": secrets.token_hex(32), "clients": [client, limited]}, limited_token)


def _make_client(name: str, requests_per_second: float, burst: int) -> tuple[str, dict[str, Any]]:
    """A client's token, and what the secret holds of it."""
    key = secrets.token_urlsafe(32)
    entry = {
        "id": name,
        "key_hashes": [hashlib.sha256(key.encode()).hexdigest()],
        "requests_per_second": requests_per_second,
        "burst": burst,
    }
    return f"{name}.{key}", entry


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
            "smtp_starttls": True,
            "smtp_login": False,
        },
        "api_keys": api_key.document,
        "api_keys_version": 1,
        # Whoever calls is on this machine.
        "allowed_cidr_blocks": ["127.0.0.0/8"],
    }
