"""The login that a relay wants, out of a secret that may be rotated at any time."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Annotated, Any, Protocol, cast

import aiosmtplib
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore.exceptions import BotoCoreError, ClientError
from pydantic import BaseModel, Field, SecretStr, ValidationError

from email_sender.providers.protocol import UnavailableError
from shared.aws_client import BoundedClient

# A password that was rotated while the old one still works is taken up within this time.
_KEPT_SECONDS = 300.0
# 4xx is not now, 5xx never (RFC 4954, 6).
_FOR_GOOD = 500


class SecretsClient(Protocol):
    """Secrets Manager client, as far as it is used here."""

    async def get_secret_value(self, *, SecretId: str) -> Mapping[str, Any]:  # noqa: N803 - AWS's name
        """The secret's current value."""


@asynccontextmanager
async def secrets_client(*, region: str, timeout_seconds: float) -> AsyncIterator[SecretsClient]:
    """A client that never tries twice, since redelivery is what tries again.

    It raises botocore's errors and no others.
    """
    config = AioConfig(
        connect_timeout=timeout_seconds,
        read_timeout=timeout_seconds,
        retries={"mode": "standard", "total_max_attempts": 1},
    )
    async with get_session().create_client("secretsmanager", region_name=region, config=config) as client:
        yield cast("SecretsClient", BoundedClient(client, timeout_seconds * 2))


class _Credentials(BaseModel):
    """User name and password as the secret holds them, in JSON."""

    username: Annotated[str, Field(min_length=1)]
    password: Annotated[SecretStr, Field(min_length=1)]


class SmtpLogin:
    """Logs connections in.

    Whatever goes wrong is the set-up's fault and not a mail's: mails wait until it is fixed. What is said
    about it repeats neither the secret nor the relay, which may repeat the secret itself.

    Args:
        client: Entered and closed by whoever made it.
        secret: Name of the secret.
        now: Seconds on a clock that only goes forward.
    """

    def __init__(
        self, client: SecretsClient, secret: str, *, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._secret = secret
        self._now = now
        self._kept: _Credentials | None = None
        self._kept_until = 0.0
        self._reading = asyncio.Lock()

    async def log_in(self, connection: aiosmtplib.SMTP) -> None:
        """Log in on a connection that is encrypted already.

        Raises:
            UnavailableError: The relay refused, or the secret cannot be read.
            aiosmtplib.SMTPException: The relay offers no login, or has gone.
        """
        credentials = await self._credentials()
        username, password = credentials.username, credentials.password.get_secret_value()
        try:
            # As bytes: text beyond ASCII would be an error of its own, and one that quotes it.
            await connection.login(username.encode(), password.encode())
        except aiosmtplib.SMTPAuthenticationError as refused:
            # It may have been rotated: the next connection looks. Another may have looked already.
            if self._kept is credentials:
                self._kept = None
            why = "lets nobody log in now with" if refused.code < _FOR_GOOD else "refuses"
            raise UnavailableError(
                f"{refused.code}: the relay {why} the username and password in the secret {self._secret!r}"
            ) from None

    async def _credentials(self) -> _Credentials:
        # Connections that are opened at once read once.
        async with self._reading:
            if self._kept is None or self._now() >= self._kept_until:
                self._kept = await self._read()
                self._kept_until = self._now() + _KEPT_SECONDS
            return self._kept

    async def _read(self) -> _Credentials:
        try:
            answer = await self._client.get_secret_value(SecretId=self._secret)
        except (BotoCoreError, ClientError) as error:
            raise UnavailableError(f"the secret {self._secret!r} cannot be read: {error}") from error
        try:
            return _Credentials.model_validate_json(answer.get("SecretString", ""))
        except ValidationError:
            raise UnavailableError(
                f'the secret {self._secret!r} must hold JSON: {{"username": "...", "password": "..."}}'
            ) from None
