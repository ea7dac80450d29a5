"""HTTP server from which tasks get their credentials, as from ECS's agent at 169.254.170.2.

That address is no loopback one, so tasks are told a full URI, which SDKs follow to any loopback address:
https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
"""

import json
import threading
from collections.abc import Sequence
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from stage.tasks.credentials import LIFETIME, Reports, TaskCredentials

# A client that connects and says nothing must not keep a thread.
_SILENCE_SECONDS = 5.0
_POLL_SECONDS = 0.1


class CredentialsEndpoint:
    """The server, in a thread of this process; it answers from the first on.

    Args:
        host: Address to listen on.
        reports: Every process of the emulated AWS.
        lifetime: Time that credentials last.

    Attributes:
        credentials: What it gives.
    """

    def __init__(self, host: str, reports: Sequence[Reports], lifetime: timedelta = LIFETIME) -> None:
        self._server = ThreadingHTTPServer((host, 0), _Handler)
        url = f"http://{host}:{self._server.server_port}"
        self.credentials = self._server.credentials = TaskCredentials(url, reports, lifetime=lifetime)  # type: ignore[attr-defined]
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_POLL_SECONDS,), name="task-credentials", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    timeout = _SILENCE_SECONDS

    def do_GET(self) -> None:
        credentials: TaskCredentials = self.server.credentials  # type: ignore[attr-defined]
        path = self.path.partition("?")[0]
        status, document = credentials.answer(path, self.headers.get("Authorization", ""))
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: Any) -> None:
        """Say nothing of who asked for what."""
