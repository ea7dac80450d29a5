"""Parts of a request, read without an object for all of it."""

from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope


async def read_body(receive: Receive) -> bytes:
    """The whole body.

    Raises:
        ClientDisconnect: The client hung up before its end.
    """
    message = await receive()
    # Nearly every body comes in one piece.
    if message["type"] == "http.request" and not message.get("more_body"):
        body: bytes = message.get("body", b"")
        return body
    pieces = []
    while message["type"] == "http.request":
        pieces.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(pieces)
        message = await receive()
    raise ClientDisconnect


def header(scope: Scope, name: bytes) -> str | None:
    """The value of a header, or None.

    Args:
        scope: Of the request.
        name: In lower case.
    """
    for each, value in scope["headers"]:
        if each == name:
            text: str = value.decode("latin-1")
            return text
    return None
