"""HTTP handler of the emulated AWS: connections stay open, as AWS's do, and requests cost little."""

import http.client
import traceback
from collections.abc import Iterable, Mapping, Sequence
from email.message import Message
from io import BytesIO
from typing import Any, BinaryIO

from werkzeug.serving import WSGIRequestHandler

from stage.control_plane.extensions.registration import Replacement

_FAILED = ("500 Internal Server Error", [("Content-Length", "0")])
_INTERIM = b"HTTP/1.1 100 Continue\r\n\r\n"


class Handler(WSGIRequestHandler):
    """Answers one request after the other over a connection, and logs errors only.

    Werkzeug's own closes each connection after one answer: callers would pay for a connection with each call,
    which they do not on AWS, and the server for a thread.
    """

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def run_wsgi(self) -> None:
        """Answer a request with what the application says.

        An error of the application is logged and answered with 500; a ConnectionError ends the connection
        without an answer, or without the rest of one.
        """
        if self.headers.get("Expect", "").lower() == "100-continue":
            self.wfile.write(_INTERIM)
        self.environ = environ = self.make_environ()
        environ["wsgi.input"] = BytesIO(self._body(environ))
        answer = _Answer(self)
        try:
            pieces = self.server.app(environ, answer.start)
            try:
                answer.send(pieces)
            finally:
                if hasattr(pieces, "close"):
                    pieces.close()
        except (ConnectionError, TimeoutError) as error:
            self.connection_dropped(error, environ)
        except Exception:  # noqa: BLE001 - whatever it is, the next request is answered
            self.server.log("error", f"Error on request:\n{traceback.format_exc()}")
            self.close_connection = True
            answer.fail()

    def connection_dropped(self, error: BaseException, environ: dict[str, Any] | None = None) -> None:
        """End a connection that has ended, or that the application ends without an answer."""
        del error, environ
        self.close_connection = True

    def log_request(self, *_args: Any, **_options: Any) -> None:
        """Say nothing of a request that was answered."""

    def _body(self, environ: Mapping[str, Any]) -> bytes:
        """All of a request's body, so that the next request begins behind it."""
        if environ.get("wsgi.input_terminated"):
            return bytes(environ["wsgi.input"].read())
        return self.rfile.read(int(environ.get("CONTENT_LENGTH") or 0))


class _Answer:
    """An answer on its way; its head goes with the first piece of its body.

    Args:
        handler: Of the connection.
    """

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._status = ""
        self._headers: Sequence[tuple[str, str]] = ()
        self._is_begun = False

    def start(self, status: str, headers: Sequence[tuple[str, str]], *_: object) -> Any:
        """Take status and headers, as WSGI's `start_response`; gives what writes a piece of the body."""
        self._status, self._headers = status, headers
        return self._write

    def send(self, pieces: Iterable[bytes]) -> None:
        """Send a body, piece by piece."""
        for piece in pieces:
            self._write(piece)
        if not self._is_begun:
            self._write(b"")

    def fail(self) -> None:
        """Send an answer that says that there is none, if none was begun."""
        if not self._is_begun:
            self.start(*_FAILED)
            self._write(b"")

    def _write(self, piece: bytes) -> None:
        if self._is_begun:
            self._handler.wfile.write(piece)
            return
        self._is_begun = True
        self._handler.wfile.write(self._head() + piece)

    def _head(self) -> bytes:
        handler = self._handler
        lines = [f"HTTP/1.1 {self._status}", f"Date: {handler.date_time_string()}"]
        lines += [f"{name}: {value}" for name, value in self._headers]
        if not self._has_end():
            handler.close_connection = True
        if handler.close_connection:
            lines.append("Connection: close")
        return "\r\n".join([*lines, "", ""]).encode("latin-1")

    def _has_end(self) -> bool:
        """Whether a client can tell where the body ends, without the connection's end."""
        code = self._status.partition(" ")[0]
        return code in {"204", "304"} or any(name.lower() == "content-length" for name, _ in self._headers)


def parse_headers_simply() -> None:
    """Have this process read HTTP headers line by line.

    The standard library has its e-mail parser read them, which takes a third of the CPU of a short
    request. AWS's SDKs send none of what that parser is for, such as folded lines.
    """
    Replacement(http.client, "parse_headers", _parse_headers).make()


def _parse_headers(stream: BinaryIO, _class: type[Message] = http.client.HTTPMessage) -> Message:
    message = _class()
    while (line := stream.readline()) not in {b"\r\n", b"\n", b""}:
        name, _, value = line.decode("iso-8859-1").partition(":")
        message.set_raw(name, value.strip())
    return message
