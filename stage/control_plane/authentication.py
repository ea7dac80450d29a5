"""Authentication of every call: its caller is put into the request, or it is refused.

Which key a call is signed with says whose it is; whether it is signed with the key's secret is not checked,
which would take longer than most calls do.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html
"""

import re
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

from stage.control_plane import refusals
from stage.control_plane.callers import ANONYMOUS, CALLERS, Callers, CallRefusedError

CALLER = "stage.caller"
"""Key of a request's WSGI environment that has its `Caller`, for whoever decides what that one may do."""
SERVICE = "stage.service"
"""Key that has the service for which the call is signed, such as `sqs`; empty if it is not signed."""

_SCOPE = re.compile(r"Credential=([^/]+)/\d+/[^/]+/([^/]+)/")
_PRESIGNED = "X-Amz-Credential="

Environ = dict[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], object]
Wsgi = Callable[[Environ, StartResponse], Iterable[bytes]]


def answer(
    environ: Environ, start_response: StartResponse, application: Wsgi, callers: Callers = CALLERS
) -> Iterable[bytes]:
    """Answer one call as the application does, which finds its caller in it, or refuse it."""
    scope = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    if scope is not None:
        key, service = scope.groups()
        token = environ.get("HTTP_X_AMZ_SECURITY_TOKEN", "")
    elif _PRESIGNED in environ.get("QUERY_STRING", ""):
        key, service, token = _presigned(environ["QUERY_STRING"])
    else:
        environ[CALLER], environ[SERVICE] = ANONYMOUS, ""
        return application(environ, start_response)
    try:
        environ[CALLER] = callers.of(key, token)
    except CallRefusedError as refused:
        status, headers, body = refusals.answer(service, refused.reason, environ)
        start_response(f"{status} {HTTPStatus(status).phrase}", list(headers.items()))
        return [body]
    environ[SERVICE] = service
    return application(environ, start_response)


def _presigned(query: str) -> tuple[str, str, str]:
    """Key, service and token of a URL that is signed itself.

    https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
    """
    asked = parse_qs(query)
    key, *scope = asked["X-Amz-Credential"][0].split("/")
    service = scope[2] if len(scope) > 2 else ""  # noqa: PLR2004 - date, region, service
    return key, service, asked.get("X-Amz-Security-Token", [""])[0]
