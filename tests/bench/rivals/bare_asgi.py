"""Uvicorn with the Notification API's bytes in and out, and nothing in between: half of its floor."""

import os
import sys
from functools import partial

from shared.http.server import listen, serve
from shared.process import run_until_stopped

_BODY = b'{"id":"0b9f5a9e-6a0d-4c1f-8f56-3f1a9f0c2d11"}'
_HEADERS = [(b"content-length", str(len(_BODY)).encode()), (b"content-type", b"application/json")]


async def app(scope, receive, send) -> None:
    """Read a request to its end and answer it as an accepted one; `/readyz` is ready."""
    while (await receive()).get("more_body"):
        pass
    status = 200 if scope["path"] == "/readyz" else 202
    await send({"type": "http.response.start", "status": status, "headers": _HEADERS})
    await send({"type": "http.response.body", "body": _BODY})


if __name__ == "__main__":
    at = listen("127.0.0.1", int(os.environ["PORT"]))
    sys.exit(run_until_stopped(partial(serve, app, at, shutdown_seconds=1)))
