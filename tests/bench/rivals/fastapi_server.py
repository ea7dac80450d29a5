"""How the rivals of the Notification API are served: exactly as it is."""

import os
from functools import partial

from fastapi import FastAPI

from shared.http.server import listen, serve
from shared.process import run_until_stopped


def application() -> FastAPI:
    """An application that has nothing yet but `/readyz`."""
    app = FastAPI()

    @app.get("/readyz")
    async def ready() -> str:
        return "ok"

    return app


def run(app: FastAPI) -> int:
    """Serve on `PORT` until SIGTERM; the exit code."""
    at = listen("127.0.0.1", int(os.environ["PORT"]))
    return run_until_stopped(partial(serve, app, at, shutdown_seconds=1))
