"""The Notification API as an ASGI application."""

from fastapi import FastAPI

from notification_api.body_limit import BodyLimit
from notification_api.problems import answer_with_problems
from notification_api.readiness import Readiness
from notification_api.routes import health_routes, notification_routes
from notification_api.templating import Templates
from observability.metrics import Metrics
from sqs.micro_batcher import MicroBatcher

# A message may have 256 KiB, and JSON may spell a character in six: what is larger can never become
# one, and must not fill the task's memory.
BODY_BYTES = 1024 * 1024
# Body, parsed document and message live side by side, at about three times a body's size: together not
# half of the task's memory (512 MiB).
BODIES_BYTES = 64 * 1024 * 1024


def create_app(messages: MicroBatcher[str], readiness: Readiness, metrics: Metrics) -> FastAPI:
    """Put routes, problems and limits together.

    Args:
        messages: Takes the bodies of messages and confirms them.
        readiness: Answers for `/readyz`.
        metrics: Takes what the routes observe.
    """
    app = FastAPI(
        title="Notification API",
        version="1",
        summary="Accepts notifications and hands them to the Email Sender.",
        # The description is public, pages that load scripts from elsewhere are not.
        docs_url=None,
        redoc_url=None,
    )
    answer_with_problems(app)
    app.add_middleware(BodyLimit, most=BODY_BYTES, together=BODIES_BYTES)
    app.include_router(notification_routes(messages, Templates(), metrics))
    app.include_router(health_routes(readiness))
    return app
