"""Problem responses: every error is answered as application/problem+json (RFC 9457)."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

import structlog
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from notification_api.models import InvalidField, Problem

# Long enough for a call to SQS to be given up, short enough for a person to wait.
RETRY_AFTER_SECONDS = 5


class ProblemResponse(JSONResponse):
    """A response of RFC 9457's media type."""

    media_type = "application/problem+json"


def new_problem(status: int, detail: str, errors: Sequence[InvalidField] = ()) -> Problem:
    """A problem with the trace id that its log lines have."""
    return Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        errors=list(errors) or None,
        trace_id=structlog.contextvars.get_contextvars().get("trace_id"),
    )


def answer(problem: Problem, headers: Mapping[str, str] | None = None) -> ProblemResponse:
    """A response with a problem; one of 503 also says when to try again."""
    if headers is None and problem.status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers = {"Retry-After": str(RETRY_AFTER_SECONDS)}
    return ProblemResponse(problem.model_dump(exclude_none=True), problem.status, headers=headers)


def invalid(errors: Sequence[InvalidField], *, more: bool = False) -> Problem:
    """A 422 that names the invalid fields; `more` if there are others."""
    fields = "field" if len(errors) == 1 else "fields"
    if more:
        detail = f"The request has more than {len(errors)} invalid {fields}; only the first are named."
    else:
        detail = f"The request has {len(errors)} invalid {fields}."
    return new_problem(422, detail, errors)


def unavailable(detail: str) -> ProblemResponse:
    """A 503 that says when to try again."""
    return answer(new_problem(503, detail))


def unauthorized() -> ProblemResponse:
    """A 401 that says how to do better."""
    detail = "Send a valid API key: Authorization: Bearer <client id>.<key>."
    return answer(new_problem(401, detail), {"WWW-Authenticate": 'Bearer realm="notifications"'})


def too_much_under_way() -> ProblemResponse:
    """A 429 for a client that has as much in flight as one client may."""
    detail = "This API key has too many requests under way; try again after Retry-After seconds."
    return answer(new_problem(429, detail), {"Retry-After": str(RETRY_AFTER_SECONDS)})


def too_many_requests(wait_seconds: int) -> ProblemResponse:
    """A 429 that says when to try again."""
    detail = "This API key has asked too much; try again after Retry-After seconds."
    return answer(new_problem(429, detail), {"Retry-After": str(wait_seconds)})


def answer_with_problems(app: FastAPI) -> None:
    """Make the application answer every error of the framework as a problem too."""

    async def on_http_error(_: Request, error: HTTPException) -> ProblemResponse:
        headers = error.headers
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            headers = {"Allow": _with_head((error.headers or {}).get("Allow", ""))}
        return answer(new_problem(error.status_code, str(error.detail)), headers)

    async def on_defect(_: Request, __: Exception) -> ProblemResponse:
        # What it was is in the log, never in the answer.
        return answer(defect())

    app.add_exception_handler(HTTPException, on_http_error)  # type: ignore[arg-type]
    app.add_exception_handler(Exception, on_defect)


def _with_head(allowed: str) -> str:
    """The methods that the framework names, and HEAD, which may be used wherever GET may."""
    methods = {method.strip() for method in allowed.split(",")}
    return ", ".join(sorted(methods | {"HEAD"} if "GET" in methods else methods))


def defect() -> Problem:
    """A 500 that says nothing of the inside."""
    return new_problem(500, "The service has a defect; it has been logged.")
