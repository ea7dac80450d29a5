"""The Notification API as an ASGI application."""

from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from notification_api.acceptance import Acceptance
from notification_api.api_keys import ApiKeys
from notification_api.authentication import Authentication
from notification_api.bodies import BodyLimit
from notification_api.deliveries import Deliveries
from notification_api.health import Readiness, health_routes
from notification_api.models import Rules
from notification_api.openapi import DESCRIPTION, described
from notification_api.priority_queues import PriorityQueues
from notification_api.problems import answer_with_problems
from notification_api.routes import notification_routes, status_routes
from notification_api.templating import Templates
from shared.metrics import Metrics

# A message may have 256 KiB, and JSON may spell a character in six: what is larger can never become
# one, and must not fill the task's memory. A batch has as much to share among its notifications.
BODY_BYTES = 1024 * 1024
# Body, parsed document and message live side by side, at about three times a body's size: together not
# half of the task's memory (512 MiB).
BODIES_BYTES = 64 * 1024 * 1024


def create_app(  # noqa: PLR0913 - each is another part of the service
    *,
    priority_queues: PriorityQueues,
    api_keys: ApiKeys,
    deliveries: Deliveries,
    readiness: Readiness,
    metrics: Metrics,
    rules: Rules | None = None,
) -> FastAPI:
    """Put routes, problems and limits together.

    Args:
        priority_queues: Takes messages and confirms them.
        api_keys: Knows who may call.
        deliveries: Knows what became of notifications.
        readiness: Answers for `/readyz`.
        metrics: Takes what the routes observe.
        rules: What the settings say of requests.
    """
    acceptance = Acceptance(priority_queues, api_keys, Templates(), metrics)
    routers = (
        notification_routes(acceptance, rules or Rules(), metrics),
        status_routes(deliveries, api_keys),
        health_routes(readiness),
    )
    app = FastAPI(
        title="Notification API",
        version="1",
        summary="Accepts notifications and hands them to the Email Sender.",
        description=DESCRIPTION,
        # Not by `include_router`: an included route is looked for twice in every request, which costs a tenth
        # of all that a request costs.
        routes=[route for router in routers for route in router.routes],
        # The description is public, pages that load scripts from elsewhere are not.
        docs_url=None,
        redoc_url=None,
        # A redirect would be an answer that nobody described.
        redirect_slashes=False,
        # Traces, metrics and logs are our own; merely asking whether somebody wants the framework's costs as
        # much as reading the request's JSON.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    answer_with_problems(app)
    app.openapi = described(app)  # type: ignore[method-assign]
    # The last that is added is the first to see a request.
    app.add_middleware(Head)
    app.add_middleware(BodyLimit, max_bytes=BODY_BYTES, together=BODIES_BYTES)
    app.add_middleware(Authentication, api_keys=api_keys, metrics=metrics)
    return app


class Head:
    """ASGI middleware: answers HEAD as GET would be answered, without the content (RFC 9110 section 9.3.2).

    Args:
        app: Answers everything else.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, as GET if it is HEAD."""
        if scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def without_content(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self._app({**scope, "method": "GET"}, receive, without_content)
