"""HTTP handler of the emulated AWS, in which requests cost little."""

import http.client
from email.message import Message
from typing import Any, BinaryIO

from werkzeug.serving import WSGIRequestHandler

from stage.control_plane.extensions.registration import Replacement


class Handler(WSGIRequestHandler):
    """Answers at once, and logs errors only. Werkzeug closes a connection after each answer."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_request(self, *_args: Any, **_options: Any) -> None:
        """Say nothing of a request that was answered."""


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
