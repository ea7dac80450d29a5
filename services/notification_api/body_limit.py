"""Refuses bodies that could never become a message, before they fill the task's memory."""

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from notification_api.caller import known_caller
from notification_api.problems import answer, new_problem, too_much_under_way, unavailable
from notification_api.share import Share


class _TooLargeError(Exception):
    """The body has more bytes than a body may have."""


class _TooManyError(Exception):
    """All bodies together have more bytes than they may have."""


class _TooMuchOfOneError(Exception):
    """The client has more in flight than is their share."""


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
        self._too_large = f"The body has more than {max_bytes} bytes."
        self._too_many = "Too many large requests are under way."

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
        except _TooLargeError:
            await answer(new_problem(413, self._too_large))(scope, receive, send)
        except _TooManyError:
            await unavailable(self._too_many)(scope, receive, send)
        except _TooMuchOfOneError:
            await too_much_under_way()(scope, receive, send)
        except ClientDisconnect:
            # Whoever hung up while sending reads no answer.
            return

    async def _declared(self, size: int, share: Share, scope: Scope, receive: Receive, send: Send) -> None:
        if size > self._max_bytes:
            raise _TooLargeError
        if not share.fits(notifications=1, size=size):
            raise _TooMuchOfOneError
        if self._held + size > self._together:
            raise _TooManyError
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
            raise _TooMuchOfOneError
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            size = len(message.get("body", b""))
            read += size
            self._held += size
            share.size += size
            if read > self._max_bytes:
                raise _TooLargeError
            if not share.fits():
                raise _TooMuchOfOneError
            if self._held > self._together:
                raise _TooManyError
            return message

        share.notifications += 1
        try:
            await self._app(scope, counted, send)
        finally:
            self._held -= read
            share.size -= read
            share.notifications -= 1
