"""The OpenAPI description: what FastAPI finds in the routes, and what is so for all of them."""

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from pydantic import TypeAdapter

from notification_api.descriptions import RATE_LIMIT_HEADERS, SCHEMAS, problems
from notification_api.models import NOTIFICATION, Batch, Problem

DESCRIPTION = """\
Every answer that is no success is a problem as of RFC 9457.

Each API key has a bucket of requests that refills at a rate; `RateLimit-*` headers tell how full it is.
A batch costs as many requests as it has notifications. Beside that, a key may have only so much under way
at once. Every task of the service counts for itself, so
with N tasks a key may get up to N times its rate.
"""

_BEARER = {
    "type": "http",
    "scheme": "bearer",
    "description": "An API key: `<client id>.<key>`. Several keys of one client may be valid at once.",
}


def described(app: FastAPI) -> Callable[[], dict[str, Any]]:
    """A function that gives the complete description, to take the place of `app.openapi`."""
    of_routes = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _completed(of_routes())
        return app.openapi_schema

    return openapi


def _completed(document: dict[str, Any]) -> dict[str, Any]:
    components = document.setdefault("components", {})
    components["securitySchemes"] = {"bearer": _BEARER}
    components.setdefault("schemas", {}).update(_schemas())
    for path in document["paths"].values():
        for operation in path.values():
            if "security" in operation:
                responses = operation["responses"]
                # Those that every guarded route has in common.
                responses.update({str(status): said for status, said in problems(401, 429, 500).items()})
                for status, response in responses.items():
                    # Nobody's limits are known before who asks is, nor by the server that waits for a body.
                    if status not in {"401", "408"}:
                        response["headers"] = {**response.get("headers", {}), **RATE_LIMIT_HEADERS}
    return document


def _schemas() -> dict[str, Any]:
    """Schemas of what is read from a request's body, and of problems."""
    found, shared = TypeAdapter.json_schemas(
        [
            ("Notification", "validation", NOTIFICATION),
            ("Batch", "validation", TypeAdapter(Batch)),
            ("Problem", "serialization", TypeAdapter(Problem)),
        ],
        ref_template=SCHEMAS + "{model}",
    )
    named = {str(name): schema for (name, _), schema in found.items() if "$ref" not in schema}
    return {**shared["$defs"], **named}
