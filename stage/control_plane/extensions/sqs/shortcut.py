"""The short way to the operations that carry the load.

moto's own way to any operation (routing, parsing and writing by AWS's service model) takes several
times the CPU of the operation itself, on every message. SQS's JSON protocol needs none of it: the body
is the parameters, and the result is the body
(https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-json.html).
"""

import base64
import json
import re
import uuid
from collections.abc import Callable, Iterable
from http import HTTPStatus
from io import BytesIO
from typing import Any

from moto.core.exceptions import ServiceException
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.core.responses import ActionResult
from moto.sqs.responses import SQSResponse

_TARGET_PREFIX = "AmazonSQS."
_METHODS: dict[str, Callable[[SQSResponse], ActionResult]] = {
    "ChangeMessageVisibility": SQSResponse.change_message_visibility,
    "ChangeMessageVisibilityBatch": SQSResponse.change_message_visibility_batch,
    "DeleteMessage": SQSResponse.delete_message,
    "DeleteMessageBatch": SQSResponse.delete_message_batch,
    "ReceiveMessage": SQSResponse.receive_message,
    "SendMessage": SQSResponse.send_message,
    "SendMessageBatch": SQSResponse.send_message_batch,
}
_CONTENT_TYPE = "application/x-amz-json-1.0"
_REGION = re.compile(r"Credential=[^/]+/\d+/([^/]+)/")


def answer(
    environ: dict[str, Any], start_response: Callable[[str, list[tuple[str, str]]], object]
) -> Iterable[bytes] | None:
    """Answer an SQS message operation; None leaves the request, unread, to moto."""
    target = environ.get("HTTP_X_AMZ_TARGET", "")
    method = _METHODS.get(target.removeprefix(_TARGET_PREFIX)) if target.startswith(_TARGET_PREFIX) else None
    signed_for = _REGION.search(environ.get("HTTP_AUTHORIZATION", ""))
    size = environ.get("CONTENT_LENGTH")
    if method is None or signed_for is None or not size or environ.get("CONTENT_TYPE") != _CONTENT_TYPE:
        return None
    body = environ["wsgi.input"].read(int(size))
    environ["wsgi.input"] = BytesIO(body)
    if b'"BinaryValue"' in body:
        # Has to be decoded by the service model.
        return None
    request = _request(target, signed_for[1], environ["PATH_INFO"], json.loads(body))
    status, headers = HTTPStatus.OK, {"Content-Type": _CONTENT_TYPE}
    try:
        result = method(request).result
        payload = json.dumps(result or {}, default=_encode_blob)
    except ServiceException as error:
        number, headers, written = request.serialized(ActionResult(error))
        status, payload = HTTPStatus(number), str(written)
    encoded = payload.encode()
    headers |= {"Content-Length": str(len(encoded)), "x-amzn-RequestId": str(uuid.uuid4())}
    start_response(f"{status.value} {status.phrase}", list(headers.items()))
    return [encoded]


def _request(target: str, region: str, path: str, parameters: dict[str, Any]) -> SQSResponse:
    """Build moto's object for a request, with what the message operations look at."""
    request = SQSResponse()
    request.params = parameters
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
