"""Problem responses: every error is answered as application/problem+json (RFC 9457)."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

import structlog
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from notification_api.idempotency import IDEMPOTENCY_KEY, RepeatedKeyError
from notification_api.models import InvalidField, Problem
from notification_api.templating import TemplateError
from notification_api.validation import InvalidError
from shared.sqs.errors import (
    BatcherFullError,
    EntryRefusedError,
    EntryTooLargeError,
    QueueUnavailableError,
    WithdrawnError,
)

PROBLEM_TYPE = "application/problem+json"
# Long enough for a call to SQS to be given up, short enough for a person to wait.
RETRY_AFTER_SECONDS = 5
RETRY_AFTER = {"Retry-After": str(RETRY_AFTER_SECONDS)}

NOT_ACCEPTED = (
    InvalidError,
    TemplateError,
    RepeatedKeyError,
    EntryTooLargeError,
    BatcherFullError,
    QueueUnavailableError,
    EntryRefusedError,
)
"""Reasons why a notification is not accepted."""


class ProblemResponse(JSONResponse):
    """A response of RFC 9457's media type."""

    media_type = PROBLEM_TYPE


def answer_with_problems(app: FastAPI) -> None:
    """Make the application answer every error as a problem, the framework's own among them."""

    async def on_error(_: Request, error: Exception) -> ProblemResponse:
        return answer(error)

    async def on_defect(_: Request, __: Exception) -> ProblemResponse:
        # The error itself is in the log, never in the response.
        return _response(_internal_error())

    for kind in (HTTPException, *NOT_ACCEPTED):
        app.add_exception_handler(kind, on_error)
    app.add_exception_handler(Exception, on_defect)


def answer(error: Exception) -> ProblemResponse:
    """The response to a request that ends with this error."""
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    if "Allow" in headers:
        headers["Allow"] = _with_head(headers["Allow"])
    problem = (
        _problem(error.status_code, error.detail) if isinstance(error, HTTPException) else problem_of(error)
    )
    if problem.status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers |= RETRY_AFTER
    return _response(problem, headers)


def problem_of(error: Exception, *, document: str = "#", key: str = IDEMPOTENCY_KEY) -> Problem:
    """Problem for the caller of a notification that is not accepted.

    Args:
        error: One of `NOT_ACCEPTED`.
        document: JSON pointer to the notification in the request's body.
        key: Where in the request the notification's Idempotency-Key is.

    Raises:
        Exception: `error`, if it is of another kind.
    """
    match error:
        case InvalidError():
            return _invalid(error.errors, more=error.more)
        case TemplateError():
            where = document + error.pointer.removeprefix("#")
            return _invalid([InvalidField(pointer=where, detail=str(error))])
        case RepeatedKeyError():
            # https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header-07#section-2.7
            errors = [InvalidField(pointer=key, detail="was used with different content")]
            return _problem(422, "The Idempotency-Key was used for another notification.", errors)
        case EntryTooLargeError():
            return _problem(413, f"The notification is too large for the queue: {error}.")
        case BatcherFullError() | QueueUnavailableError():
            return _problem(503, _not_confirmed(error))
        case EntryRefusedError():
            return _internal_error()
        case _:
            raise error


def _not_confirmed(error: BatcherFullError | QueueUnavailableError) -> str:
    match error:
        case BatcherFullError():
            return "Too many notifications are waiting for the queue."
        case WithdrawnError():
            return "The notification waited too long for the queue and was withdrawn."
        case _:
            return "The queue did not confirm the notification."


def unauthorized() -> HTTPException:
    """A 401 that says how to authenticate."""
    detail = "Send a valid API key: Authorization: Bearer <client id>.<key>."
    return HTTPException(401, detail, {"WWW-Authenticate": 'Bearer realm="notifications"'})


def rate_limited(wait_seconds: int) -> HTTPException:
    """A 429 for a client that exceeds its rate, with the time after which to try again."""
    return HTTPException(429, "Rate limit exceeded.", {"Retry-After": str(wait_seconds)})


def too_much_in_flight() -> HTTPException:
    """A 429 for a client that has as much in flight as one client may."""
    return HTTPException(429, "Too many requests of this API key are in flight.", RETRY_AFTER)


def unavailable(detail: str) -> HTTPException:
    """A 503; its response says when to try again."""
    return HTTPException(503, detail)


def _problem(status: int, detail: str, errors: Sequence[InvalidField] = ()) -> Problem:
    """A problem with the trace id that its log lines have."""
    return Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        errors=list(errors) or None,
        trace_id=structlog.contextvars.get_contextvars().get("trace_id"),
    )


def _invalid(errors: Sequence[InvalidField], *, more: bool = False) -> Problem:
    """A 422 that names the invalid fields; `more` if there are others."""
    fields = "field" if len(errors) == 1 else "fields"
    if more:
        detail = f"The request has more than {len(errors)} invalid {fields}; only the first are named."
    else:
        detail = f"The request has {len(errors)} invalid {fields}."
    return _problem(422, detail, errors)


def _internal_error() -> Problem:
    """A 500 that says nothing of the inside."""
    return _problem(500, "Internal error; it has been logged.")


def _with_head(allowed: str) -> str:
    """The methods that the framework names, and HEAD, which may be used wherever GET may."""
    methods = {method.strip() for method in allowed.split(",")}
    return ", ".join(sorted(methods | {"HEAD"} if "GET" in methods else methods))


def _response(problem: Problem, headers: Mapping[str, str] | None = None) -> ProblemResponse:
    return ProblemResponse(problem.model_dump(exclude_none=True), problem.status, headers=headers)
