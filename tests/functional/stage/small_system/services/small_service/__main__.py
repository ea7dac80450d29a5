"""Answers with its own environment, and with the status that is in it, but for health checks."""

import json
import os
from http.server import BaseHTTPRequestHandler, HTTPServer


class Handler(BaseHTTPRequestHandler):
    """Answers GET."""

    def do_GET(self):
        healthy = self.path == "/health"
        self.send_response(200 if healthy else int(os.environ.get("STATUS", "200")))
        self.end_headers()
        self.wfile.write(json.dumps(dict(os.environ)).encode())


print("listening", flush=True)  # noqa: T201 - what a task says is its log
HTTPServer((os.environ["BIND_HOST"], int(os.environ["PORT"])), Handler).serve_forever()
