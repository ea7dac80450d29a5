"""Fast path of one route, without the framework."""

from collections.abc import Awaitable, Callable

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

Answer = Callable[[Scope, Receive], Awaitable[Response]]


class FastPath:
    """ASGI middleware: answers POST requests to one path itself, exactly as the framework's route would.

    Matching, dependencies and exit stacks cost about as much as everything that is done for a
    notification, and nearly every request is one.

    Args:
        app: Answers everything else.
        path: Path that is answered here.
        answer: What the framework's route calls, too.
    """

    def __init__(self, app: ASGIApp, path: str, answer: Answer) -> None:
        self._app = app
        self._path = path
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass the request on."""
        if scope["path"] == self._path and scope["method"] == "POST":
            response = await self._answer(scope, receive)
            await response(scope, receive, send)
        else:
            await self._app(scope, receive, send)
