"""Refuses bodies that could never become a message, before they fill the task's memory."""

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from notification_api.problems import problem


class BodyLimit:
    """ASGI middleware: 413 for a body that is too large, whether its length is declared or not.

    FastAPI's own `max_body_size` answers a declared length in text/plain, hence this.

    Args:
        app: What is protected.
        most: Most bytes of a body.
    """

    def __init__(self, app: ASGIApp, most: int) -> None:
        self._app = app
        self._most = most
        self._detail = f"The body has more than {most} bytes."

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on unless it says that it is too large; else count while it is read."""
        for name, value in scope["headers"]:
            if name == b"content-length":
                if int(value) > self._most:
                    await problem(413, self._detail)(scope, receive, send)
                else:
                    # The server reads no more than was declared, so there is nothing to count.
                    await self._app(scope, receive, send)
                return

        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._most:
                raise HTTPException(413, self._detail)
            return message

        await self._app(scope, counted, send)
