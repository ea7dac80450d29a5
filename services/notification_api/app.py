"""The Notification API as an ASGI application."""

from fastapi import FastAPI

from notification_api.accept_batch import AcceptBatch
from notification_api.accept_one import AcceptOne
from notification_api.acceptance import Acceptance
from notification_api.api_keys import ApiKeys
from notification_api.authentication import Authentication
from notification_api.body_limit import BodyLimit
from notification_api.deliveries import Deliveries
from notification_api.fast_path import FastPath
from notification_api.head import Head
from notification_api.models import Rules
from notification_api.openapi import DESCRIPTION, described
from notification_api.priority_queues import PriorityQueues
from notification_api.problems import answer_with_problems
from notification_api.readiness import Readiness
from notification_api.routes import NOTIFICATIONS_PATH, health_routes, notification_routes, status_routes
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
    app = FastAPI(
        title="Notification API",
        version="1",
        summary="Accepts notifications and hands them to the Email Sender.",
        description=DESCRIPTION,
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
    acceptance = Acceptance(priority_queues, api_keys, Templates(), metrics, rules)
    accept_one = AcceptOne(acceptance, metrics)
    app.include_router(notification_routes(accept_one, AcceptBatch(acceptance)))
    app.include_router(status_routes(deliveries, api_keys))
    app.include_router(health_routes(readiness))
    app.openapi = described(app)  # type: ignore[method-assign]
    # The last that is added is the first to see a request.
    app.add_middleware(Head)
    app.add_middleware(FastPath, path=NOTIFICATIONS_PATH, answer=accept_one)
    app.add_middleware(BodyLimit, max_bytes=BODY_BYTES, together=BODIES_BYTES)
    app.add_middleware(Authentication, api_keys=api_keys, metrics=metrics)
    return app
