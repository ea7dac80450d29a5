"""`/healthz` and `/readyz` of the Email Sender, as the smallest ASGI application."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from contract.health import HEALTH_PATH, READY_PATH


class HealthApp:
    """Answers two paths; anything else is 404.

    Args:
        why_not_ready: Why the task is not ready, or None if it is.
    """

    def __init__(self, why_not_ready: Callable[[], str | None]) -> None:
        self._why_not_ready = why_not_ready

    async def __call__(
        self, scope: Mapping[str, Any], _: object, send: Callable[[dict[str, Any]], Awaitable[None]]
    ) -> None:
        """Answer one request."""
        status, content_type, body = self._answer(scope["path"])
        headers = [(b"content-type", content_type), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _answer(self, path: str) -> tuple[int, bytes, bytes]:
        if path == HEALTH_PATH:
            return 200, b"text/plain", b"ok"
        if path != READY_PATH:
            return _problem(404, "Not Found", "There are only /healthz and /readyz.")
        reason = self._why_not_ready()
        if reason is None:
            return 200, b"text/plain", b"ok"
        return _problem(503, "Service Unavailable", reason)


def _problem(status: int, title: str, detail: str) -> tuple[int, bytes, bytes]:
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return status, b"application/problem+json", json.dumps(body).encode()
