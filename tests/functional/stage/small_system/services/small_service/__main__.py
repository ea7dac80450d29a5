"""Answers every request with its own environment."""

import json
import os
from http.server import BaseHTTPRequestHandler, HTTPServer


class Handler(BaseHTTPRequestHandler):
    """Answers GET."""

    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(dict(os.environ)).encode())


HTTPServer((os.environ["BIND_HOST"], int(os.environ["PORT"])), Handler).serve_forever()
