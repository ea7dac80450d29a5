"""Bodies of requests: how much memory they may take together, and how they are read."""

import asyncio

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from notification_api.authentication import known_caller
from notification_api.client_limits import Share
from notification_api.problems import answer, too_much_in_flight, unavailable

_LARGE = 64 * 1024


class BodyLimit:
    """ASGI middleware: bounds what the bodies of requests take of the task's memory.

    It answers 413 for a body that is too large, 429 when a client has more in flight than their share, and
    503 when all bodies together are too large.

    A body lives until its request is answered, so what waits for the queue counts as well. FastAPI's own
    `max_body_size` answers a declared length in text/plain and knows one request only, hence this.

    Args:
        app: What is protected.
        max_bytes: Maximum bytes of a body.
        together: Maximum bytes of the bodies of all requests in flight.
    """

    def __init__(self, app: ASGIApp, max_bytes: int, together: int) -> None:
        self._app = app
        self._max_bytes = max_bytes
        self._together = together
        self._held = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on unless it says that it is too large; else count while it is read."""
        try:
            caller = known_caller(scope)
            # What is sent along with a question that anybody may ask is not read, so it holds nothing.
            share = None if caller is None else caller.client.share
            for name, value in scope["headers"]:
                if name == b"content-length" and share is not None:
                    # The server reads no more than was declared.
                    await self._declared(int(value), share, scope, receive, send)
                    return
            await self._undeclared(share or Share(), scope, receive, send)
        except HTTPException as error:
            await answer(error)(scope, receive, send)
        except ClientDisconnect:
            # Whoever hung up while sending reads no answer.
            return

    async def _declared(self, size: int, share: Share, scope: Scope, receive: Receive, send: Send) -> None:
        if size > self._max_bytes:
            raise self._too_large()
        if not share.fits(notifications=1, size=size):
            raise too_much_in_flight()
        if self._held + size > self._together:
            raise _too_many()
        self._held += size
        share.size += size
        share.notifications += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._held -= size
            share.size -= size
            share.notifications -= 1

    async def _undeclared(self, share: Share, scope: Scope, receive: Receive, send: Send) -> None:
        if not share.fits(notifications=1):
            raise too_much_in_flight()
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            size = len(message.get("body", b""))
            read += size
            self._held += size
            share.size += size
            if read > self._max_bytes:
                raise self._too_large()
            if not share.fits():
                raise too_much_in_flight()
            if self._held > self._together:
                raise _too_many()
            return message

        share.notifications += 1
        try:
            await self._app(scope, counted, send)
        finally:
            self._held -= read
            share.size -= read
            share.notifications -= 1

    def _too_large(self) -> HTTPException:
        return HTTPException(413, f"The body has more than {self._max_bytes} bytes.")


def _too_many() -> HTTPException:
    return unavailable("Too many large requests are in flight.")


class BodyReader:
    """Reads bodies; large ones are worked on one at a time, with time for other requests between two.

    A mebibyte of JSON may take some 30 ms, which is nothing; but many of them must not come one right after
    the other before anybody else, such as the load balancer's health check, is answered.
    """

    def __init__(self) -> None:
        self._turn = asyncio.Lock()

    async def read(self, request: Request) -> bytes:
        """The whole body, once it may be worked on: at once unless it is large.

        Raises:
            ClientDisconnect: The client hung up before its end.
        """
        body = await _whole(request.receive)
        if len(body) > _LARGE:
            async with self._turn:
                await asyncio.sleep(0)
        return body


async def _whole(receive: Receive) -> bytes:
    # `Request.body` does the same by way of a stream, at four times the cost.
    pieces = []
    while (message := await receive())["type"] == "http.request":
        pieces.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(pieces)
    raise ClientDisconnect
