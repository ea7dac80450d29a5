"""Problems (RFC 9457) that the server answers in the place of the application."""

import json
from http import HTTPStatus

PROBLEM_TYPE = b"application/problem+json"


def problem(status: int, detail: str) -> bytes:
    """The content of such an answer."""
    title = HTTPStatus(status).phrase
    return json.dumps({"type": "about:blank", "title": title, "status": status, "detail": detail}).encode()
