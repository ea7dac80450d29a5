"""A request to the emulated AWS as the call that it is authorized as: operation, parameters, and its way."""

import gzip
import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from io import BytesIO
from typing import Any, NoReturn
from urllib.parse import parse_qs

from moto.core.model import OperationModel
from moto.core.parse import PROTOCOL_PARSERS, RequestParserError
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.utils import get_service_model
from moto.utilities.utils import get_partition
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from stage.authorization.calls.call import Call
from stage.authorization.errors import UnknownOperationError, UnplacedCallError
from stage.control_plane.request_body import body_of
from stage.control_plane.rights import service_models
from stage.control_plane.rights.way import way_of

Environ = dict[str, Any]
_Found = tuple[str, Mapping[str, Any]]

_REGION = re.compile(r"Credential=[^/]+/\d+/([^/]+)/")
_PRESIGNED = "X-Amz-Credential"
_TARGET = "HTTP_X_AMZ_TARGET"
_FORM = "application/x-www-form-urlencoded"
_ACTION = "Action"
_VERSION = "Version"
# That of STS's global endpoint, where calls are made that nobody signs.
_NO_REGION = "us-east-1"
# Services that take calls which nobody signs: to get credentials, or where a resource's policy is for
# everybody. S3 is told from them by its protocol.
_FOR_EVERYBODY = ("sts", "sqs", "sns")
_UNREADABLE = (AttributeError, KeyError, OSError, RequestParserError, TypeError, ValueError)


def call_of(environ: Environ, service: str, account: str) -> Call:
    """The call that a request makes, whose body stays there to be read.

    Args:
        environ: The request as WSGI has it.
        service: Name that it is signed for, such as "sqs" or "elasticloadbalancing"; "" if it is not signed.
        account: Number of the caller's account.

    Raises:
        UnknownOperationError: AWS has no such operation, or nobody has written down what it is about.
        UnplacedCallError: Its parameters cannot be read.
    """
    named = service or _meant(environ)
    if _speaks_json(environ):
        operation, parameters = _by_json(environ, named)
    elif service_models.is_query(named):
        operation, parameters = _by_query(environ, named)
    else:
        operation, parameters = _by_rest(environ, named)
    if named == "sqs" and not parameters.get("QueueUrl"):
        # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests.html
        parameters = {**parameters, "QueueUrl": environ["PATH_INFO"].strip("/")}
    region = _region(environ)
    partition, domain = _around(region)
    way = way_of(environ, service, region)
    return Call(named, operation, parameters, region, account, partition, domain, way)


def _by_json(environ: Environ, service: str) -> _Found:
    """Operation and parameters of the JSON protocol, of which the body is the parameters already.

    Texts of binary values and times of numbers stay as they are: nobody is authorized by either.
    """
    _, operation = service_models.by_target(service, environ[_TARGET])
    _refuse_action(environ)
    try:
        parameters = json.loads(_body(environ) or b"{}")
    except _UNREADABLE as error:
        _refuse_unread(operation, error)
    if not isinstance(parameters, dict):
        _refuse_unread(operation)
    return operation, parameters


def _by_query(environ: Environ, service: str) -> _Found:
    """Operation and parameters of the query protocol: of a form, or of a URL that is signed itself."""
    body = _body(environ)
    request = Request({**environ, "wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))})
    values = request.values
    if len(values.getlist(_ACTION)) != 1:
        raise UnknownOperationError(f"a request of {service} names no operation, or more than one")
    model = service_models.by_version(service, values.get(_VERSION, ""))
    return _read(model, request, values, lambda _: body)


def _by_rest(environ: Environ, service: str) -> _Found:
    """Operation and parameters of the REST protocols."""
    model = service_models.by_path(service, environ["PATH_INFO"])
    _refuse_action(environ)
    # What is stored may be large, and is none of what policies are about; nor does its type make it a form.
    request = Request({**environ, "wsgi.input": BytesIO()})
    return _read(model, request, request.args, lambda one: b"" if _is_stored(one) else _body(environ))


def _read(
    model: str, request: Request, values: MultiDict[str, str], body_of: Callable[[OperationModel], bytes]
) -> _Found:
    """Operation and parameters by moto's router and parser of the request's protocol."""
    try:
        operation, found = get_service_router(model).match(request)
        protocol = determine_request_protocol(get_service_model(model), request.content_type)
    except (HTTPException, NotImplementedError) as error:
        raise UnknownOperationError(
            f"{model} has no operation for {request.method} {request.path}, or not in this protocol"
        ) from error
    parser = PROTOCOL_PARSERS[protocol](operation, timestamp_parser=_same, blob_parser=_same)
    try:
        parameters = parser.parse(
            {
                "method": request.method,
                "values": values,
                "headers": request.headers,
                "body": body_of(operation),
                "url_path": request.path,
                "url_params": found,
            }
        )
    except _UNREADABLE as error:
        _refuse_unread(operation.name, error)
    return str(operation.name), parameters


def _same(value: Any) -> Any:
    return value


def _is_stored(operation: OperationModel) -> bool:
    """Whether the body of an operation's requests is what a service stores, such as an object of S3."""
    shape = operation.input_shape
    payload = shape.serialization.get("payload") if shape else None
    return payload is not None and shape.members[payload].type_name == "blob"


def _body(environ: Environ) -> bytes:
    """The body, unpacked, while the request has it still."""
    body = body_of(environ)
    # https://docs.aws.amazon.com/sdkref/latest/guide/feature-compression.html
    return gzip.decompress(body) if environ.get("HTTP_CONTENT_ENCODING") == "gzip" else body


def _speaks_json(environ: Environ) -> bool:
    return _TARGET in environ and not environ.get("CONTENT_TYPE", "").startswith(_FORM)


def _refuse_action(environ: Environ) -> None:
    """Refuse a URL with an action, which moto would take before the operation that the request is for."""
    query = environ.get("QUERY_STRING", "")
    if _ACTION in query and _ACTION in parse_qs(query):
        raise UnknownOperationError(f"nobody knows {_ACTION} in a URL of this protocol")


def _refuse_unread(operation: str, error: Exception | None = None) -> NoReturn:
    raise UnplacedCallError(f"the parameters of {operation} cannot be read") from error


def _meant(environ: Environ) -> str:
    """The service that a request means which is not signed."""
    if _speaks_json(environ):
        return _first(lambda one: service_models.by_target(one, environ[_TARGET])[0])
    query = parse_qs(environ.get("QUERY_STRING", ""))
    if environ.get("CONTENT_TYPE", "").startswith(_FORM):
        query |= parse_qs(_body(environ).decode("utf-8", "replace"))
    if _ACTION in query:
        version = query.get(_VERSION, ["that is not told"])[0]
        return _first(lambda one: service_models.by_version(one, version))
    return "s3"


def _first(known: Callable[[str], str]) -> str:
    for service in _FOR_EVERYBODY:
        try:
            known(service)
        except UnknownOperationError:
            continue
        return service
    raise UnknownOperationError("a request that nobody has signed is for no service that takes such requests")


def _region(environ: Environ) -> str:
    found = _REGION.search(environ.get("HTTP_AUTHORIZATION", ""))
    if found is not None:
        return found[1]
    query = environ.get("QUERY_STRING", "")
    scope = parse_qs(query)[_PRESIGNED][0].split("/") if _PRESIGNED in query else []
    return scope[2] if len(scope) > 3 else _NO_REGION  # noqa: PLR2004 - key, date, region, service


@cache
def _around(region: str) -> tuple[str, str]:
    """Partition of a region, and AWS's domain there."""
    partition = get_partition(region)
    return partition, "amazonaws.com.cn" if partition == "aws-cn" else "amazonaws.com"
