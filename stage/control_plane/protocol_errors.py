"""Errors in the shape that each protocol of AWS has for them."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any
from xml.sax.saxutils import escape

from stage.control_plane.aws_errors import headers

_CORAL = "com.amazon.coral.service"
_FORM = "application/x-www-form-urlencoded"
_CONTROL_OF_S3 = "/v20180820/"

Answer = tuple[int, dict[str, str], bytes]


class Protocol(Enum):
    """Protocol of a request."""

    EC2 = auto()
    JSON = auto()
    QUERY = auto()
    REST_JSON = auto()
    REST_XML = auto()
    S3 = auto()


@dataclass(frozen=True)
class Said:
    """An error in a service's words.

    Attributes:
        status: HTTP status.
        code: That clients go by.
        message: The error in a sentence.
        query_code: In JSON, of a service that spoke the query protocol before, the code that it had there.
        key: In JSON, name of the message, which clients take in both spellings.
    """

    status: int
    code: str
    message: str
    query_code: str = ""
    key: str = "message"


_ALWAYS = {"ec2": Protocol.EC2, "route53": Protocol.REST_XML, "s3": Protocol.S3}


def protocol_of(service: str, environ: Mapping[str, Any]) -> Protocol:
    """Protocol in which a request wants its answer.

    Args:
        service: Name that it is signed for; "" if it is not signed.
        environ: The request as WSGI has it.
    """
    # The two interfaces of S3 sign alike, and wrap an error differently.
    if service == "s3" and environ.get("PATH_INFO", "").startswith(_CONTROL_OF_S3):
        return Protocol.REST_XML
    if service in _ALWAYS:
        return _ALWAYS[service]
    if environ.get("CONTENT_TYPE", "").startswith(_FORM) or "Action=" in environ.get("QUERY_STRING", ""):
        return Protocol.QUERY
    if "HTTP_X_AMZ_TARGET" in environ:
        return Protocol.JSON
    return Protocol.REST_JSON if service else Protocol.S3


def answer(protocol: Protocol, said: Said, environ: Mapping[str, Any]) -> Answer:
    """Status, headers and body of an error; HEAD has no body, and so no code.

    Args:
        protocol: Of the request.
        said: The error.
        environ: The request as WSGI has it.
    """
    request_id = str(uuid.uuid4())
    if protocol is Protocol.JSON:
        body = json.dumps({"__type": f"{_CORAL}#{said.code}", said.key: said.message}).encode()
        told = headers(environ.get("CONTENT_TYPE", ""), body, request_id)
        if said.query_code:
            # https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#aws-protocols-awsquerycompatible-trait
            told["x-amzn-query-error"] = f"{said.query_code};Sender"
        return said.status, told, body
    if protocol is Protocol.REST_JSON:
        body = json.dumps({said.key: said.message}).encode()
        return (
            said.status,
            headers("application/json", body, request_id) | {"x-amzn-ErrorType": said.code},
            body,
        )
    body = _XML[protocol](escape(said.code), escape(said.message), request_id).encode()
    if environ.get("REQUEST_METHOD") == "HEAD":
        body = b""
    return said.status, headers("text/xml", body, request_id), body


def _query(code: str, message: str, request_id: str) -> str:
    return (
        f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code>"
        f"<Message>{message}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>"
    )


def _ec2(code: str, message: str, request_id: str) -> str:
    return (
        f"<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>"
        f"<RequestID>{request_id}</RequestID></Response>"
    )


def _s3(code: str, message: str, request_id: str) -> str:
    return (
        f"<Error><Code>{code}</Code><Message>{message}</Message><RequestId>{request_id}</RequestId></Error>"
    )


# https://smithy.io/2.0/aws/protocols/aws-restxml-protocol.html#operation-error-serialization
_XML = {Protocol.EC2: _ec2, Protocol.QUERY: _query, Protocol.REST_XML: _query, Protocol.S3: _s3}
