"""Parts of a request, read without an object for all of it."""

import asyncio

from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope

_LARGE = 64 * 1024


async def read_body(receive: Receive) -> bytes:
    """The whole body.

    Raises:
        ClientDisconnect: The client hung up before its end.
    """
    message = await receive()
    # Nearly every body comes in one piece.
    if message["type"] == "http.request" and not message.get("more_body"):
        body: bytes = message.get("body", b"")
        return body
    pieces = []
    while message["type"] == "http.request":
        pieces.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(pieces)
        message = await receive()
    raise ClientDisconnect


class Turns:
    """Queue for large bodies: one is worked on at a time, with time for other requests between two.

    A mebibyte of JSON may take some 30 ms, which is nothing; but many of them must not come one right after
    the other before anybody else, such as the load balancer's health check, is answered.
    """

    def __init__(self) -> None:
        self._lock = asyncio.Lock()

    async def wait(self, body: bytes) -> None:
        """Return when this body may be worked on: at once unless it is large."""
        if len(body) > _LARGE:
            async with self._lock:
                await asyncio.sleep(0)


def headers(scope: Scope, name: bytes) -> list[str]:
    """The values of a header, as many as the request has.

    Args:
        scope: Of the request.
        name: In lower case.
    """
    return [value.decode("latin-1") for each, value in scope["headers"] if each == name]
