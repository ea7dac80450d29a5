"""The moment from which SES may have a mail: its request is about to be written.

Before it, credentials are fetched, a name is looked up, a connection is waited for, opened and encrypted; a
mail whose sending ends there has certainly not been taken.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from aiohttp import BytesPayload
from aiohttp.abc import AbstractStreamWriter

from email_sender.providers.protocol import Handover

_UNDER_WAY: ContextVar[Handover | None] = ContextVar("handover", default=None)


@contextmanager
def told(handover: Handover) -> Iterator[None]:
    """Mark a handover as begun once the first byte of the request made in the block is written."""
    token = _UNDER_WAY.set(handover)
    try:
        yield
    finally:
        _UNDER_WAY.reset(token)


class _Telling(BytesPayload):
    """Body that marks its handover as begun when written: once connected, and before the headers go."""

    def __init__(self, body: bytes, handover: Handover, content_type: str) -> None:
        super().__init__(body, content_type=content_type)
        self._handover = handover

    async def write_with_length(self, writer: AbstractStreamWriter, content_length: int | None) -> None:
        """Write the body, and the headers that wait for it."""
        self._handover.begun = True
        await super().write_with_length(writer, content_length)


def tell(request: Any, **_: Any) -> None:
    """Handler of botocore's `before-send`: gives the signed request a body that marks the handover.

    https://botocore.amazonaws.com/v1/documentation/api/latest/topics/events.html
    """
    handover = _UNDER_WAY.get()
    if handover is not None:
        body = request.body.encode() if isinstance(request.body, str) else request.body
        request.body = _Telling(body, handover, request.headers.get("Content-Type", "application/json"))
