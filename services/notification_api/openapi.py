"""The OpenAPI document: what the routes declare beyond their models, and what FastAPI adds to it unasked."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Body, FastAPI, Header, Security
from fastapi.security import HTTPBearer
from pydantic.json_schema import SkipJsonSchema

from notification_api.idempotency import IDEMPOTENCY_KEY
from notification_api.models import Batch, BatchResult, IdempotencyKey, Notification
from notification_api.problems import PROBLEM_TYPE

DESCRIPTION = """\
Every error response is a problem (RFC 9457).

Each API key has a rate limit with a burst; the `RateLimit-*` headers report what is left of it. A batch
counts as one request per notification. The requests and bytes that a key may have in flight at once are
limited as well. Every task of the service counts for itself, so with N tasks a key may get up to N times its
rate.
"""

_PROBLEMS = {
    401: "There is no valid API key in `Authorization`.",
    404: "This API key has no such notification.",
    408: "The body did not arrive in time; the connection is closed.",
    413: "The body, or the message that it becomes, is too large.",
    422: "The request is invalid; the first 20 invalid fields are named. Or the `Idempotency-Key` was used "
    "for another notification, as far as the task that takes the request has seen.",
    429: "Rate limit exceeded, or too many requests of this API key in flight; try again after `Retry-After` "
    "seconds.",
    500: "Internal error.",
    503: "Temporarily unavailable; try again after `Retry-After` seconds.",
}


def _header(description: str, **schema: Any) -> dict[str, Any]:
    return {"description": description, "required": True, "schema": schema}


_RETRY_AFTER = {"Retry-After": _header("Seconds to wait before the next attempt.", type="integer", minimum=1)}
_HEADERS = {
    401: {"WWW-Authenticate": _header("How to authenticate.", type="string")},
    408: {"Connection": _header("The connection takes no further request.", type="string", enum=["close"])},
    429: _RETRY_AFTER,
    503: _RETRY_AFTER,
}
_RATE_LIMIT = {
    f"RateLimit-{name}": _header(description, type="integer", minimum=0)
    for name, description in (
        ("Limit", "Maximum number of requests at once."),
        ("Remaining", "Requests that are left at the moment."),
        ("Reset", "Seconds until `RateLimit-Remaining` is `RateLimit-Limit` again."),
    )
}

Responses = dict[int | str, dict[str, Any]]


def problem_responses(*statuses: int) -> Responses:
    """Responses that are problems, for these statuses."""
    # As a `model` FastAPI would describe it as application/json.
    content = {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        status: {
            "description": _PROBLEMS[status],
            "content": content,
            "headers": _HEADERS.get(status, {}),
        }
        for status in statuses
    }


def guarded(successes: Responses, *problems: int) -> Responses:
    """Responses of a route that needs an API key, with the headers that tell what is left of the rate limit.

    Args:
        successes: Responses that are no problems.
        problems: Statuses of the problems that this route has beside 401, 429 and 500.
    """
    return {
        # Before a client is known there is no limit; 408 is the server's, which knows no clients.
        status: response
        if status in {401, 408}
        else {**response, "headers": {**response.get("headers", {}), **_RATE_LIMIT}}
        for status, response in {**successes, **problem_responses(*problems, 401, 429, 500)}.items()
    }


MULTI_STATUS: dict[str, Any] = {
    "model": BatchResult,
    "description": "At least one notification was not accepted. Those with the status 503 may be tried again "
    "after `Retry-After` seconds.",
}
"""Response to a batch that was not accepted as a whole."""

API_KEY = Security(
    HTTPBearer(
        scheme_name="bearer",
        description="An API key: `<client id>.<key>`. Several keys of one client may be valid at once.",
        auto_error=False,
    )
)
"""Security scheme of the routes below `/v1/`, for the document alone: `Authentication` guards them."""

_WRITTEN = {
    "recipient": "ada@example.com",
    "subject": "Your order has shipped",
    "body": "It should be with you on Thursday.",
}
_TEMPLATED = {"recipient": "ada@example.com", "template": "welcome", "data": {"name": "Ada"}}
_WRITTEN_IN_FULL = {
    **_WRITTEN,
    "html": "<p>It should be with you on <b>Thursday</b>.</p>",
    "from_name": "Ada's Books",
    "reply_to": "help@example.com",
    "list_unsubscribe": "https://example.com/unsubscribe?token=4f9a",
}
_BATCH = [{**_WRITTEN, "priority": "high", "idempotency_key": "order-1042-shipped"}, _TEMPLATED]


async def takes_notification(
    notification: Annotated[
        Notification,
        Body(
            openapi_examples={
                "written": {"summary": "Subject and body", "value": _WRITTEN},
                "html": {"summary": "HTML as well as text, and optional headers", "value": _WRITTEN_IN_FULL},
                "template": {"summary": "A built-in template", "value": _TEMPLATED},
            }
        ),
    ],
    idempotency_key: Annotated[
        IdempotencyKey | SkipJsonSchema[None],
        Header(
            alias=IDEMPOTENCY_KEY,
            description="Repeats with the same key get the same id and result in one mail. The same key with "
            "a different body never results in a second mail: it is refused with 422 if the task that takes "
            "the request has seen the first one, and otherwise appears as `conflict` in the timeline.",
            openapi_examples={"order": {"value": "order-1042-shipped"}},
        ),
    ] = None,
) -> None:
    """Parameters of a request with one notification, for the document alone."""


async def takes_batch(
    batch: Annotated[
        Batch,
        Body(openapi_examples={"batch": {"summary": "One of each form", "value": {"notifications": _BATCH}}}),
    ],
) -> None:
    """Parameters of a request with a batch, for the document alone."""


def described(app: FastAPI) -> Callable[[], dict[str, Any]]:
    """A function that gives the document, to take the place of `app.openapi`."""
    of_routes = app.openapi

    def openapi() -> dict[str, Any]:
        document = of_routes()
        # FastAPI promises a 422 of its own wherever there is a parameter, also where none can be invalid.
        for path in document["paths"].values():
            for operation in path.values():
                if "HTTPValidationError" in str(operation["responses"].get("422")):
                    del operation["responses"]["422"]
        for name in ("HTTPValidationError", "ValidationError"):
            document["components"]["schemas"].pop(name, None)
        return document

    return openapi
