"""An AWS in this process for clients that have an endpoint, without a connection."""

from contextlib import contextmanager
from io import BytesIO

import pytest
from botocore.awsrequest import AWSResponse
from moto.core.request import Request

ENDPOINT = "http://127.0.0.1:9"


class _Raw(BytesIO):
    def stream(self, **_):
        """All of it at once."""
        yield self.read()


@contextmanager
def answered_by(application):
    """Whatever a client of botocore sends to `ENDPOINT`, a WSGI application answers."""

    def send(_session, request):
        said = []
        environ = Request.from_primitives(
            request.method, request.url, request.headers, request.body or b""
        ).environ
        body = b"".join(application(environ, lambda status, headers: said.append((status, headers))))
        status, headers = said[0]
        return AWSResponse(request.url, int(status.split()[0]), dict(headers), _Raw(body))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("botocore.httpsession.URLLib3Session.send", send)
        yield
