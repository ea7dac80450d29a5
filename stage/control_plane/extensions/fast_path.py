"""Fast path to the operations that carry the load.

moto's own way to any operation (routing, parsing and writing by AWS's service model) takes several
times the CPU of the operation itself, on every request. AWS's JSON protocol needs none of it: the body
is the parameters, and the result is the body
(https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html).
"""

import base64
import json
import re
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from moto.core.exceptions import ServiceException
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.core.responses import ActionResult
from werkzeug.exceptions import HTTPException

from stage.control_plane.request_body import body_of

_CONTENT_TYPE = "application/x-amz-json-1.0"
_REGION = re.compile(r"Credential=[^/]+/\d+/([^/]+)/")


@dataclass(frozen=True)
class FastPath:
    """Fast path to some operations of a service that speaks AWS's JSON protocol.

    Attributes:
        prefix: What its operations begin with in the header X-Amz-Target.
        handler: moto's class of a request.
        methods: Its methods by the name of the operation.
        blobs: What a body has in it if something of it has to be decoded by the service model.
    """

    prefix: str
    handler: type[Any]
    methods: Mapping[str, Callable[[Any], ActionResult]]
    blobs: tuple[bytes, ...]

    def answer(
        self, environ: dict[str, Any], start_response: Callable[[str, list[tuple[str, str]]], object]
    ) -> Iterable[bytes] | None:
        """Answer one of the operations; None leaves the request, unread, to moto."""
        target = environ.get("HTTP_X_AMZ_TARGET", "")
        method = (
            self.methods.get(target.removeprefix(self.prefix)) if target.startswith(self.prefix) else None
        )
        signed_for = _REGION.search(environ.get("HTTP_AUTHORIZATION", ""))
        size = environ.get("CONTENT_LENGTH")
        if method is None or signed_for is None or not size or environ.get("CONTENT_TYPE") != _CONTENT_TYPE:
            return None
        body = body_of(environ)
        if any(blob in body for blob in self.blobs):
            return None
        request = self._request(target, signed_for[1], environ["PATH_INFO"], json.loads(body))
        status, headers = HTTPStatus.OK, {"Content-Type": _CONTENT_TYPE}
        try:
            result = method(request).result
            payload = json.dumps(result or {}, default=_encode_blob)
        except ServiceException as error:
            number, headers, written = request.serialized(ActionResult(error))
            status, payload = HTTPStatus(number), str(written)
        except HTTPException as error:
            status, payload = HTTPStatus(error.code or HTTPStatus.BAD_REQUEST), str(error.description)
        encoded = payload.encode()
        headers |= {"Content-Length": str(len(encoded)), "x-amzn-RequestId": str(uuid.uuid4())}
        start_response(f"{status.value} {status.phrase}", list(headers.items()))
        return [encoded]

    def _request(self, target: str, region: str, path: str, parameters: dict[str, Any]) -> Any:
        """Build moto's object for a request, with what the operations look at."""
        request = self.handler()
        request.params = request.body = parameters
        request.region = region
        request.current_account = DEFAULT_ACCOUNT_ID
        request.path = path
        request.uri_match = {}
        request.querystring = {}
        request.headers = {"X-Amz-Target": target, "Content-Type": _CONTENT_TYPE}
        request.response_headers = {}
        return request


def _encode_blob(value: bytes) -> str:
    return base64.b64encode(value).decode()
