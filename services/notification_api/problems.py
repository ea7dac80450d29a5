"""Everything that goes wrong is answered as application/problem+json (RFC 9457)."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from notification_api.models import InvalidField, Problem

# Long enough for a call to SQS to be given up, short enough for a person to wait.
RETRY_AFTER_SECONDS = 5

_FORMS = frozenset({"written", "template"})


class ProblemResponse(JSONResponse):
    """A response of RFC 9457's media type."""

    media_type = "application/problem+json"


def new_problem(status: int, detail: str, errors: Sequence[InvalidField] = ()) -> Problem:
    """What is wrong, with the trace that its log lines have."""
    return Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        errors=list(errors) or None,
        trace_id=structlog.contextvars.get_contextvars().get("trace_id"),
    )


def answer(problem: Problem, headers: Mapping[str, str] | None = None) -> ProblemResponse:
    """A response that says what is wrong; one of 503 also says when to try again."""
    if headers is None and problem.status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers = {"Retry-After": str(RETRY_AFTER_SECONDS)}
    return ProblemResponse(problem.model_dump(exclude_none=True), problem.status, headers=headers)


def invalid(errors: Sequence[InvalidField]) -> Problem:
    """A 422 that names every invalid field."""
    fields = "field" if len(errors) == 1 else "fields"
    return new_problem(422, f"The request has {len(errors)} invalid {fields}.", errors)


def unavailable(detail: str) -> ProblemResponse:
    """A 503 that says when to try again."""
    return answer(new_problem(503, detail))


def unauthorized() -> ProblemResponse:
    """A 401 that says how to do better."""
    detail = "Send a valid API key: Authorization: Bearer <client id>.<key>."
    return answer(new_problem(401, detail), {"WWW-Authenticate": 'Bearer realm="notifications"'})


def too_many_requests(wait_seconds: int) -> ProblemResponse:
    """A 429 that says when to try again."""
    detail = "This API key has asked too much; try again after Retry-After seconds."
    return answer(new_problem(429, detail), {"Retry-After": str(wait_seconds)})


def invalid_fields(error: ValidationError, *parents: str | int) -> list[InvalidField]:
    """Everything that is wrong with a document, or with the part of it that is found below `parents`."""
    return [_field(each, parents) for each in error.errors(include_url=False, include_input=False)]


def answer_with_problems(app: FastAPI) -> None:
    """Make the application answer every error of the framework as a problem too."""

    async def on_http_error(_: Request, error: HTTPException) -> ProblemResponse:
        return answer(new_problem(error.status_code, str(error.detail)), error.headers)

    async def on_defect(_: Request, __: Exception) -> ProblemResponse:
        # What it was is in the log, never in the answer.
        return answer(defect())

    app.add_exception_handler(HTTPException, on_http_error)  # type: ignore[arg-type]
    app.add_exception_handler(Exception, on_defect)


def defect() -> Problem:
    """A 500 that says nothing of the inside."""
    return new_problem(500, "The service has a defect; it has been logged.")


def _field(error: Mapping[str, Any], parents: Sequence[str | int]) -> InvalidField:
    detail = error["msg"].removeprefix("Value error, ")
    if error["type"] == "json_invalid":
        return InvalidField(pointer="#", detail=f"not JSON: {error['ctx']['error']}")
    path = error["loc"]
    # The first part names the form that was meant; it is no part of the caller's document.
    if path and path[0] in _FORMS:
        path = path[1:]
    pointer = "".join(f"/{_escaped(part)}" for part in (*parents, *path))
    return InvalidField(pointer=f"#{pointer}", detail=detail)


def _escaped(part: object) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")
