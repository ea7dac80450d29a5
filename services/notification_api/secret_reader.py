"""Reads one secret of Secrets Manager."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiobotocore.config import AioConfig
from aiobotocore.session import get_session

from shared.aws_client import BoundedClient

# Callers with a new key wait for it.
_TIMEOUT_SECONDS = 2.0
# Of a connection, an answer and, now and then, credentials.
_CALL_SECONDS = 5.0


@asynccontextmanager
async def secret_reader(name: str, *, region: str) -> AsyncIterator[Callable[[], Awaitable[str]]]:
    """A function that reads the secret's current text; empty if the secret is binary.

    It raises botocore's errors and no others, after one attempt and at most five seconds: whoever reads tries
    again anyway.
    https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
    """
    config = AioConfig(
        connect_timeout=_TIMEOUT_SECONDS,
        read_timeout=_TIMEOUT_SECONDS,
        retries={"mode": "standard", "total_max_attempts": 1},
    )
    async with get_session().create_client("secretsmanager", region_name=region, config=config) as client:
        bounded = BoundedClient(client, _CALL_SECONDS)

        async def read() -> str:
            return str((await bounded.get_secret_value(SecretId=name)).get("SecretString", ""))

        yield read
