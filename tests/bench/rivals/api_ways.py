"""Program: `python -m tests.bench.rivals.api_ways WAY`, the Notification API with another route for a POST.

All ways take the same steps within the same bounds as `notification_api.routes`; what differs is how much of
the framework a request passes before them.
"""

import sys
from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.routing import APIRoute
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from notification_api import __main__ as service
from notification_api import app as application
from notification_api.acceptance import Acceptance
from notification_api.app import create_app
from notification_api.authentication import Caller, caller_of
from notification_api.bodies import BodyReader
from notification_api.idempotency import idempotency_key_of
from notification_api.models import Accepted, Rules, TemplatedNotification, WrittenNotification
from notification_api.problems import NOT_ACCEPTED, answer
from notification_api.routes import NOTIFICATIONS_PATH, notification_routes
from notification_api.templating import Templates
from notification_api.validation import notification_of, read_json
from shared.metrics import Metrics


def dependencies(acceptance: Acceptance, rules: Rules, metrics: Metrics) -> APIRouter:
    """A route of FastAPI's own class, which solves a dependency for each step before the queue."""
    bodies = BodyReader()
    router = APIRouter()

    async def caller(request: Request) -> Caller:
        return caller_of(request)

    async def valid(request: Request) -> WrittenNotification | TemplatedNotification:
        return notification_of(read_json(await bodies.read(request)), rules)

    async def key(request: Request) -> str | None:
        return idempotency_key_of(request)

    @router.post(NOTIFICATIONS_PATH, status_code=202)
    async def accept_notification(
        caller: Annotated[Caller, Depends(caller)],
        notification: Annotated[WrittenNotification | TemplatedNotification, Depends(valid)],
        idempotency_key: Annotated[str | None, Depends(key)],
    ) -> Accepted:
        began = perf_counter()
        submitted = acceptance.submit(notification, idempotency_key, caller)
        await acceptance.confirmed(submitted)
        metrics.observe("AcceptDuration", (perf_counter() - began) * 1000, "Milliseconds")
        return Accepted(id=submitted.id)

    return router


def starlette_route(acceptance: Acceptance, rules: Rules, metrics: Metrics) -> APIRouter:
    """A route of Starlette's class, of which the OpenAPI document says nothing."""
    router = APIRouter()
    respond = _responding(acceptance, rules, metrics)
    router.routes.append(Route(NOTIFICATIONS_PATH, respond, methods=["POST"]))
    return router


class Bypass:
    """ASGI middleware: answers the path before the framework sees the request."""

    def __init__(self, app: ASGIApp, respond: Callable[[Request], Awaitable[Response]]) -> None:
        self._app = app
        self._respond = respond

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass the request on."""
        if scope["path"] != NOTIFICATIONS_PATH or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        try:
            response = await self._respond(Request(scope, receive))
        except NOT_ACCEPTED as error:
            response = answer(error)
        await response(scope, receive, send)


def bypassed(**parts: Any) -> FastAPI:
    """The application with the route in front of the framework."""
    app = create_app(**parts)
    acceptance = Acceptance(parts["priority_queues"], parts["api_keys"], Templates(), parts["metrics"])
    respond = _responding(acceptance, parts["rules"], parts["metrics"])
    app.user_middleware.append(Middleware(Bypass, respond=respond))
    return app


def _responding(
    acceptance: Acceptance, rules: Rules, metrics: Metrics
) -> Callable[[Request], Awaitable[Response]]:
    """The route's own function, with a response made of what it returns."""
    [accept] = [
        route.endpoint
        for route in notification_routes(acceptance, rules, metrics).routes
        if isinstance(route, APIRoute) and route.path == NOTIFICATIONS_PATH
    ]

    async def respond(request: Request) -> Response:
        accepted: Accepted = await accept(request)
        return Response(accepted.model_dump_json(), 202, media_type="application/json")

    return respond


ROUTES = {"dependencies": dependencies, "starlette": starlette_route}
"""Functions in the place of `notification_routes`, by the way that they make the route."""


def main(way: str) -> int:
    """Run the service in this way until SIGTERM; the exit code."""
    if way == "bypass":
        service.create_app = bypassed
    else:
        application.notification_routes = ROUTES[way]
    return service.main()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
