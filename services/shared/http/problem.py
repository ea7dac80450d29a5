"""Error responses without a framework: problems of RFC 9457."""

import json
from http import HTTPStatus

PROBLEM_TYPE = b"application/problem+json"


def problem(status: int, detail: str) -> bytes:
    """Content of an error response.

    Args:
        status: HTTP status, whose phrase is the title.
        detail: Explanation for whoever asked.
    """
    title = HTTPStatus(status).phrase
    return json.dumps({"type": "about:blank", "title": title, "status": status, "detail": detail}).encode()
