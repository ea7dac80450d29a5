"""Everything that goes wrong is answered as application/problem+json (RFC 9457)."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from notification_api.models import InvalidField, Problem

# Long enough for a call to SQS to be given up, short enough for a person to wait.
RETRY_AFTER_SECONDS = 5

_FORMS = frozenset({"written", "template"})


class ProblemResponse(JSONResponse):
    """A response of RFC 9457's media type."""

    media_type = "application/problem+json"


def problem(
    status: int,
    detail: str,
    *,
    errors: Sequence[InvalidField] = (),
    headers: Mapping[str, str] | None = None,
) -> ProblemResponse:
    """A response that says what is wrong."""
    content = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, errors=list(errors))
    return ProblemResponse(
        content.model_dump(exclude={"errors"} if not errors else None), status, headers=headers
    )


def invalid(errors: Sequence[InvalidField]) -> ProblemResponse:
    """A 422 that names every invalid field."""
    fields = "field" if len(errors) == 1 else "fields"
    return problem(422, f"The request has {len(errors)} invalid {fields}.", errors=errors)


def unavailable(detail: str) -> ProblemResponse:
    """A 503 that says when to try again."""
    return problem(503, detail, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})


def answer_with_problems(app: FastAPI) -> None:
    """Make the application answer every error of the framework as a problem too."""

    async def on_invalid(_: Request, error: RequestValidationError) -> ProblemResponse:
        return invalid([_field(each) for each in error.errors()])

    async def on_http_error(_: Request, error: HTTPException) -> ProblemResponse:
        return problem(error.status_code, str(error.detail), headers=error.headers)

    async def on_defect(_: Request, __: Exception) -> ProblemResponse:
        # What it was is in the log, never in the answer.
        return problem(500, "The service has a defect; it has been logged.")

    app.add_exception_handler(RequestValidationError, on_invalid)  # type: ignore[arg-type]
    app.add_exception_handler(HTTPException, on_http_error)  # type: ignore[arg-type]
    app.add_exception_handler(Exception, on_defect)


def _field(error: Mapping[str, Any]) -> InvalidField:
    place, *path = error["loc"]
    detail = error["msg"].removeprefix("Value error, ")
    if place != "body":
        return InvalidField(pointer=str(path[-1] if path else place), detail=detail)
    if error["type"] == "json_invalid":
        return InvalidField(pointer="#", detail=f"not JSON: {error['ctx']['error']}")
    # The first part names the form that was meant; it is no part of the caller's document.
    if path and path[0] in _FORMS:
        path = path[1:]
    pointer = "".join(f"/{_escaped(part)}" for part in path)
    return InvalidField(pointer=f"#{pointer}", detail=detail)


def _escaped(part: object) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")
