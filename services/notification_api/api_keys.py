"""The API keys, read from Secrets Manager and kept fresh, so that a key is rotated without a restart."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore.exceptions import BotoCoreError, ClientError

from notification_api.key_ring import Client, KeyRing, KeyRingError
from shared.aws_client import BoundedClient
from shared.outage import Outage
from shared.start_up import BUDGET_SECONDS, NotReadyError, wait_until_ready

# However many unknown keys are tried, Secrets Manager is not asked more often.
_MIN_REREAD_SECONDS = 5.0
# Scheme, client id, dot, key: what cannot be a key of ours is not worth a look into the secret.
# The scheme's case does not matter: https://www.rfc-editor.org/rfc/rfc9110#section-11.1
_CREDENTIALS = re.compile(r"(?i:bearer) +([a-z0-9][a-z0-9-]{0,62}\.[\x21-\x7e]{16,256})")

# A key that was taken out of the secret must not stay good for as long as the secret cannot be read, and
# nobody who may call should be shut out by an outage of a quarter of an hour.
MAX_AGE_SECONDS = 20 * 60.0

# Callers with a new key wait for it.
_TIMEOUT_SECONDS = 2.0
# Of a connection, an answer and, now and then, credentials.
_CALL_SECONDS = 5.0


class StaleKeysError(Exception):
    """The keys have not been read for so long that nobody can say whether they are still valid."""


class ApiKeys:
    """API keys of all clients, read again at an interval.

    Args:
        read: Reads the secret's text.
        secret: Its name, for what is said of it.
        every_seconds: How old the keys may become.
        now: Seconds on a clock that only goes forward.

    Attributes:
        outage: Outage of the secret; the keys that were read last are honoured meanwhile.
    """

    def __init__(
        self,
        read: Callable[[], Awaitable[str]],
        *,
        secret: str,
        every_seconds: float,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read = read
        self._secret = secret
        self._every_seconds = every_seconds
        self._now = now
        self._ring = KeyRing(b"", {})
        self._loaded = False
        self._read_at = self._good_at = now()
        self._reading = asyncio.Lock()
        self.outage = Outage("api_keys", secret=secret)

    @property
    def id_key(self) -> bytes:
        """Key that the ids of notifications are signed with."""
        return self._ring.id_key

    async def load(self, stop: asyncio.Event, *, budget_seconds: float = BUDGET_SECONDS) -> bool:
        """Read the keys for the first time, again and again within a budget.

        Returns:
            Whether they were read; not if told to stop first.

        Raises:
            StartupError: No keys within the budget.
        """
        loaded = await wait_until_ready(
            self._read_once,
            stop,
            lacking="no API keys",
            check=f"API_KEYS_SECRET, that the secret {self._secret!r} has a value, and that the task role "
            "allows secretsmanager:GetSecretValue",
            budget_seconds=budget_seconds,
            now=self._now,
        )
        return loaded is not None

    @asynccontextmanager
    async def kept_fresh(self) -> AsyncIterator[None]:
        """Read the keys again at an interval inside the block."""
        task = asyncio.create_task(self._reread_for_ever())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    def find(self, authorization: str) -> Client | None:
        """Client that an `Authorization` header belongs to; None without one, or if the keys are too old."""
        if self._now() - self._good_at > MAX_AGE_SECONDS:
            return None
        credentials = _CREDENTIALS.fullmatch(authorization)
        return None if credentials is None else self._ring.find(credentials[1])

    async def find_new(self, authorization: str) -> Client | None:
        """Like `find`, with keys read at most a few seconds ago: the client's may be newer than these.

        Raises:
            StaleKeysError: They could not be read for `MAX_AGE_SECONDS`.
        """
        if _CREDENTIALS.fullmatch(authorization) is None:
            return None
        await self._reread_after(_MIN_REREAD_SECONDS)
        if self._now() - self._good_at > MAX_AGE_SECONDS:
            raise StaleKeysError
        return self.find(authorization)

    async def _reread_for_ever(self) -> None:
        while True:
            await asyncio.sleep(self._every_seconds)
            await self._reread_after(self._every_seconds / 2)

    async def _reread_after(self, seconds: float) -> None:
        # Whoever waited for somebody else's read has what it brought.
        async with self._reading:
            if self._now() - self._read_at >= seconds:
                await self._reread()

    async def _read_once(self) -> bool:
        await self._reread()
        if self.outage.last_error is not None:
            raise NotReadyError(self.outage.last_error)
        return True

    async def _reread(self) -> None:
        """Replace the keys, or keep the last good ones."""
        try:
            before = self._ring if self._loaded else None
            self._ring = KeyRing.read(await self._read(), before, now=self._now)
        except (BotoCoreError, ClientError, KeyRingError) as error:
            self.outage.note(str(error))
        except Exception as error:  # noqa: BLE001 - nothing may end the reading, or a revoked key stays good
            # What it says may hold a part of the secret, so only its kind is told.
            self.outage.note(f"unexpected {type(error).__name__}")
        else:
            self._loaded = True
            self._good_at = self._now()
            self.outage.note(None)
        self._read_at = self._now()


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
