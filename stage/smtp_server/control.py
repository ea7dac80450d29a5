"""HTTP beside the SMTP server: `GET /mails` is its log, `PUT /behaviour` changes how it behaves.

`GET /mails?after=BYTES` leaves out the beginning that somebody has read before. `GET /connections` says how
many were opened, by second since the Unix epoch.
"""

import asyncio
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from common.shared_files import write_whole
from stage.smtp_server.behaviour import Behaviour
from stage.smtp_server.server import SmtpServer


class Control:
    """Changes a server that runs in an event loop, from threads that answer HTTP.

    Args:
        server: What is changed.
        log: Its mails.
        kept_in: File that holds the behaviour for the next start; what it already holds counts.
    """

    def __init__(self, server: SmtpServer, log: Path, kept_in: Path) -> None:
        self._server = server
        self._log = log
        self._kept_in = kept_in
        self._loop = asyncio.get_running_loop()
        if kept_in.exists():
            server.behave(Behaviour().changed(json.loads(kept_in.read_text(encoding="utf-8"))))

    def listen(self, host: str, port: int) -> ThreadingHTTPServer:
        """Answer until its `shutdown`; port 0 takes a free one.

        Raises:
            OSError: The address cannot be had.
        """
        web = ThreadingHTTPServer((host, port), _handler(self))
        threading.Thread(target=web.serve_forever, daemon=True).start()
        return web

    def mails(self, after: int) -> bytes:
        """The log as it is, without so many bytes of its beginning."""
        with self._log.open("rb") as log:
            log.seek(after)
            return log.read()

    def connections(self) -> bytes:
        """JSON: how many connections were opened, by second since the Unix epoch."""
        return json.dumps(dict(self._server.opened)).encode()

    def change(self, changes: dict[str, object]) -> None:
        """Behave so from now on, and after the next start.

        Raises:
            ValueError: There is no such behaviour.
        """
        asyncio.run_coroutine_threadsafe(self._change(changes), self._loop).result()

    async def _change(self, changes: dict[str, object]) -> None:
        # In the loop one change comes after the other: none undoes another.
        behaviour = self._server.behaviour.changed(changes)
        write_whole(self._kept_in, behaviour.json())
        self._server.behave(behaviour)


def _handler(control: Control) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            (after,) = parse_qs(asked.query).get("after", ["0"])
            if asked.path == "/connections":
                self._answer(200, control.connections())
            elif after.isdecimal():
                self._answer(200, control.mails(int(after)))
            else:
                self._answer(400, b"after: give a number of bytes")

        def do_PUT(self) -> None:
            try:
                control.change(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            except ValueError as error:
                self._answer(400, str(error).encode())
            else:
                self._answer(204, b"")

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing: the log is for what the SMTP server has to say."""

    return Handler
