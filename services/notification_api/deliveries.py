"""Delivery status of notifications, asked of the Email Sender."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from pydantic import ValidationError

from notification_api.authentication import Caller
from shared.outage import Outage
from shared.status import CLIENT_ID_HEADER, STATUS_PATH, DeliveryStatus
from shared.trace import TRACEPARENT, TRACESTATE

_TOTAL_SECONDS = 2.0
# Two attempts fit into the whole time.
_ATTEMPT_SECONDS = 0.9
_ATTEMPTS = 2
_OK, _NOT_FOUND = 200, 404
_TRY_AGAIN = frozenset({502, 503, 504})
_CONNECTIONS = 20


class DeliveriesUnavailableError(Exception):
    """The Email Sender did not answer; it may a little later."""


class Deliveries:
    """Client of the Email Sender's status API.

    Asking changes nothing, so an attempt that failed on the way is made a second time.

    Args:
        session: Keeps connections.
        url: Of the Email Sender, without a path; empty if there is none.
        attempt_seconds: Maximum wait for an answer to one attempt.
    """

    def __init__(
        self, session: aiohttp.ClientSession, url: str, *, attempt_seconds: float = _ATTEMPT_SECONDS
    ) -> None:
        self._session = session
        self._url = url.rstrip("/")
        self._timeout = aiohttp.ClientTimeout(sock_connect=attempt_seconds, sock_read=attempt_seconds)
        self._outage = Outage("email_sender", url=self._url)

    async def status(self, notification_id: str, caller: Caller) -> DeliveryStatus | None:
        """Delivery status of a notification, or None if the Email Sender has not seen it yet.

        Raises:
            DeliveriesUnavailableError: It does not answer.
        """
        reason = "EMAIL_SENDER_URL is not set"
        if self._url:
            try:
                async with asyncio.timeout(_TOTAL_SECONDS):
                    for _ in range(_ATTEMPTS):
                        try:
                            status = await self._ask(notification_id, caller)
                        except (aiohttp.ClientError, TimeoutError) as error:
                            reason = f"{type(error).__name__}: {error}"
                        else:
                            self._outage.note(None)
                            return status
            except TimeoutError:
                reason = f"no answer within {_TOTAL_SECONDS:g} s"
            except (_AnswerError, ValidationError) as error:
                reason = str(error) if isinstance(error, _AnswerError) else "invalid response"
        self._outage.note(reason)
        raise DeliveriesUnavailableError(reason)

    async def _ask(self, notification_id: str, caller: Caller) -> DeliveryStatus | None:
        headers = {CLIENT_ID_HEADER: caller.client.id, TRACEPARENT: caller.traceparent}
        if caller.tracestate:
            headers[TRACESTATE] = caller.tracestate
        url = f"{self._url}{STATUS_PATH}{notification_id}"
        async with self._session.get(url, headers=headers, timeout=self._timeout) as response:
            if response.status == _NOT_FOUND:
                return None
            if response.status in _TRY_AGAIN:
                response.raise_for_status()
            if response.status != _OK:
                raise _AnswerError(f"status {response.status}")
            return DeliveryStatus.model_validate_json(await response.read())


class _AnswerError(Exception):
    """The Email Sender answers what asking again would not change."""


@asynccontextmanager
async def open_deliveries(url: str) -> AsyncIterator[Deliveries]:
    """`Deliveries` on connections of its own, which are closed at the end."""
    connector = aiohttp.TCPConnector(limit=_CONNECTIONS)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield Deliveries(session, url)
