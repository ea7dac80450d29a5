"""Route class of the routes that accept notifications: FastAPI without its solver of parameters."""

from fastapi import Request
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.responses import Response
from starlette.types import Receive, Scope, Send


class FastPath(APIRoute):
    """A route that calls its endpoint with the request alone, and answers the model that this returns.

    FastAPI's own class reads query, headers and cookies, solves dependencies, validates the answer and keeps
    two exit stacks for every request, whatever its route declares. A request then costs half as much CPU
    again, and the API does two thirds of what a route does that has nothing to do: docs/performance.md has
    the figures, which every run of the benchmarks measures anew.

    What such a route takes is declared as `dependencies` for the OpenAPI document alone; the endpoint reads
    and validates it itself.
    """

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request whose path is the route's."""
        if not self.methods or scope["method"] not in self.methods:
            # 405, as everywhere.
            await super().handle(scope, receive, send)
            return
        answer: BaseModel | Response = await self.endpoint(Request(scope, receive, send))
        if not isinstance(answer, Response):
            content = answer.model_dump_json(exclude_none=True)
            answer = Response(content, self.status_code or 200, media_type="application/json")
        await answer(scope, receive, send)
