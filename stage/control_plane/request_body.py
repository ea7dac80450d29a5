"""Body of a request, read once and there to be read again."""

from io import BytesIO
from typing import Any


def body_of(environ: dict[str, Any]) -> bytes:
    """The body of a request, which stays there for whoever reads it next.

    Args:
        environ: The request as WSGI has it.
    """
    stream = environ["wsgi.input"]
    # A body that comes in chunks has no length.
    size = () if environ.get("wsgi.input_terminated") else (int(environ.get("CONTENT_LENGTH") or 0),)
    body: bytes = stream.read(*size)
    environ["wsgi.input"] = BytesIO(body)
    return body
