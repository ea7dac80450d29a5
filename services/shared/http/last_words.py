"""An answer for requests that the end of the server catches."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from shared.http.problem import PROBLEM_TYPE, problem

_Message = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[_Message]]
_Send = Callable[[_Message], Awaitable[None]]

_RETRY_AFTER = b"5"


class LastWords:
    """ASGI middleware: 503 for a request that is cancelled, as uvicorn does when the time to stop is up.

    uvicorn itself would answer 500 in plain text, which tells a caller that trying again is of no use.

    Args:
        app: Answers everything, in time.
    """

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        self._app = app

    async def __call__(self, scope: _Message, receive: _Receive, send: _Send) -> None:
        """Pass the request on, and answer if nobody else could."""
        try:
            await self._app(scope, receive, send)
        except asyncio.CancelledError as cancelled:
            content = problem(503, "The task is stopping.")
            headers = [
                (b"content-type", PROBLEM_TYPE),
                (b"content-length", b"%d" % len(content)),
                (b"retry-after", _RETRY_AFTER),
                (b"connection", b"close"),
            ]
            try:
                await send({"type": "http.response.start", "status": 503, "headers": headers})
            except RuntimeError:
                # The answer had begun: there is none to give any more.
                raise cancelled from None
            await send({"type": "http.response.body", "body": content})
