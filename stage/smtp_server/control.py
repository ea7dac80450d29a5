"""HTTP beside the SMTP server: `GET /mails` is its log, `PUT /behaviour` changes how it behaves."""

import asyncio
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from stage.host.shared_files import write_whole
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

    def mails(self) -> bytes:
        """The log as it is."""
        return self._log.read_bytes()

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
            self._answer(200, control.mails())

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
