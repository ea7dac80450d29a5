"""Descriptions of the routes in the OpenAPI document, beyond their signatures."""

from typing import Any

from notification_api.acceptance import IDEMPOTENCY_KEY

SCHEMAS = "#/components/schemas/"
PROBLEM_TYPE = "application/problem+json"

_SAID = {
    401: "There is no valid API key in `Authorization`.",
    404: "This API key has no such notification.",
    408: "The body did not arrive in time; the connection is closed.",
    413: "The body, or the message that it becomes, is too large.",
    422: "The request is invalid; the first 20 invalid fields are named. Or the `Idempotency-Key` was used "
    "for another notification, as far as the task that was asked has seen.",
    429: "This API key has asked too much, or has too much under way at once; try again after `Retry-After` "
    "seconds.",
    500: "The service has a defect.",
    503: "Not now; try again after `Retry-After` seconds.",
}

_RETRY_AFTER = {
    "Retry-After": {
        "description": "Seconds to wait before the next attempt.",
        "required": True,
        "schema": {"type": "integer", "minimum": 1},
    }
}
_CHALLENGE = {
    "WWW-Authenticate": {
        "description": "How to authenticate.",
        "required": True,
        "schema": {"type": "string"},
    }
}
_CLOSED = {
    "Connection": {
        "description": "The connection takes no further request.",
        "required": True,
        "schema": {"type": "string", "enum": ["close"]},
    }
}
_HEADERS: dict[int, dict[str, Any]] = {
    401: _CHALLENGE,
    408: _CLOSED,
    429: _RETRY_AFTER,
    503: _RETRY_AFTER,
}

RATE_LIMIT_HEADERS = {
    f"RateLimit-{name}": {
        "description": text,
        "required": True,
        "schema": {"type": "integer", "minimum": 0},
    }
    for name, text in (
        ("Limit", "Most requests at once."),
        ("Remaining", "Requests that are left now."),
        ("Reset", "Seconds until all of `RateLimit-Limit` are left again."),
    )
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Responses that are problems, for these statuses."""
    schema = {"$ref": SCHEMAS + "Problem"}
    return {
        status: {
            "description": _SAID[status],
            "content": {PROBLEM_TYPE: {"schema": schema}},
            "headers": _HEADERS.get(status, {}),
        }
        for status in statuses
    }


PLAIN_OK: dict[int | str, dict[str, Any]] = {
    200: {"description": "All is well.", "content": {"text/plain": {"schema": {"type": "string"}}}}
}

MULTI_STATUS: dict[int | str, dict[str, Any]] = {
    207: {
        "description": "Some notifications were not accepted, or none was. Those with the status 503 may be "
        "tried again after `Retry-After` seconds.",
        "content": {"application/json": {"schema": {"$ref": SCHEMAS + "BatchResult"}}},
    }
}

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

_SECURITY: list[dict[str, list[str]]] = [{"bearer": []}]

ACCEPT_ONE: dict[str, Any] = {
    "security": _SECURITY,
    "parameters": [
        {
            "name": IDEMPOTENCY_KEY,
            "in": "header",
            "required": False,
            "description": "Repeats with the same key get the same id and become one mail. The same key with "
            "another body becomes no second mail: it is refused with 422 where the task that is asked has "
            "seen the first, and else is a conflict in the timeline.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 256, "pattern": "^[\\x21-\\x7e]+$"},
            "example": "order-1042-shipped",
        }
    ],
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"$ref": SCHEMAS + "Notification"},
                "examples": {
                    "written": {"summary": "Subject and body", "value": _WRITTEN},
                    "html": {"summary": "HTML beside the text, and headers", "value": _WRITTEN_IN_FULL},
                    "template": {"summary": "A built-in template", "value": _TEMPLATED},
                },
            }
        },
    },
}

ACCEPT_BATCH: dict[str, Any] = {
    "security": _SECURITY,
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"$ref": SCHEMAS + "Batch"},
                "examples": {
                    "batch": {
                        "summary": "One of each form",
                        "value": {
                            "notifications": [
                                {**_WRITTEN, "priority": "high", "idempotency_key": "order-1042-shipped"},
                                _TEMPLATED,
                            ]
                        },
                    }
                },
            }
        },
    },
}

STATUS: dict[str, Any] = {
    "security": _SECURITY,
    "parameters": [
        {
            "name": "id",
            "in": "path",
            "required": True,
            "description": "What the notification was accepted with.",
            "schema": {"type": "string"},
            "example": "0b9f5a9e-6a0d-4c1f-8f56-3f1a9f0c2d11-5d0c2ae8b1f4",
        }
    ],
}
