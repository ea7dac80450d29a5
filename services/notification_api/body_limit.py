"""Refuses bodies that could never become a message, before they fill the task's memory."""

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from notification_api.problems import answer, new_problem, unavailable


class _TooLargeError(Exception):
    """The body has more bytes than a body may have."""


class _TooManyError(Exception):
    """All bodies together have more bytes than they may have."""


class BodyLimit:
    """ASGI middleware: 413 for a body that is too large, 503 when all bodies together are.

    A body lives until its request is answered, so what waits for the queue counts as well. FastAPI's own
    `max_body_size` answers a declared length in text/plain and knows one request only, hence this.

    Args:
        app: What is protected.
        most: Most bytes of a body.
        together: Most bytes of the bodies of all requests under way.
    """

    def __init__(self, app: ASGIApp, most: int, together: int) -> None:
        self._app = app
        self._most = most
        self._together = together
        self._held = 0
        self._too_large = f"The body has more than {most} bytes."
        self._too_many = "Too many large requests are under way."

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on unless it says that it is too large; else count while it is read."""
        try:
            for name, value in scope["headers"]:
                if name == b"content-length":
                    # The server reads no more than was declared.
                    await self._declared(int(value), scope, receive, send)
                    return
            await self._undeclared(scope, receive, send)
        except _TooLargeError:
            await answer(new_problem(413, self._too_large))(scope, receive, send)
        except _TooManyError:
            await unavailable(self._too_many)(scope, receive, send)
        except ClientDisconnect:
            # Whoever hung up while sending reads no answer.
            return

    async def _declared(self, size: int, scope: Scope, receive: Receive, send: Send) -> None:
        if size > self._most:
            raise _TooLargeError
        if self._held + size > self._together:
            raise _TooManyError
        self._held += size
        try:
            await self._app(scope, receive, send)
        finally:
            self._held -= size

    async def _undeclared(self, scope: Scope, receive: Receive, send: Send) -> None:
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            size = len(message.get("body", b""))
            read += size
            self._held += size
            if read > self._most:
                raise _TooLargeError
            if self._held > self._together:
                raise _TooManyError
            return message

        try:
            await self._app(scope, counted, send)
        finally:
            self._held -= read
