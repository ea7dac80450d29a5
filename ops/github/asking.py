"""Requests to GitHub, of which those that it refuses or does not answer end in one line."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from github import GithubException, RateLimitExceededException

from ops.github.access import GitHubError
from ops.markdown import line

UNAUTHORIZED, FORBIDDEN, NOT_FOUND, UNPROCESSABLE, _TOO_MANY = 401, 403, 404, 422, 429
_SERVER_ERROR = 500
_MAX_MESSAGE = 200


@contextmanager
def asking(what: str, permission: str = "") -> Iterator[None]:
    """Have what goes wrong within end in one line.

    Args:
        what: What is asked for or written.
        permission: Permission of a workflow's token that it takes, such as "issues: write".

    Raises:
        GitHubError: GitHub refused, or did not answer.
    """
    try:
        yield
    except GithubException as error:
        raise GitHubError(f"{what}: {_refused(error, permission)}") from None
    except OSError as error:
        # What the library's own library for HTTP raises; its sentence has the address, and no token.
        raise GitHubError(f"{what}: GitHub cannot be reached: {_short(str(error))}") from None


def is_limit(error: GithubException) -> bool:
    """Whether there were too many requests; tried as often as we do, the answer has lost its message."""
    if isinstance(error, RateLimitExceededException) or error.status == _TOO_MANY:
        return True
    return error.status == FORBIDDEN and not _message(error.data)


def _refused(error: GithubException, permission: str) -> str:
    if is_limit(error):
        return f"GitHub answers no more requests for now: {_again(error)}"
    if error.status == UNAUTHORIZED:
        return "GitHub refuses GITHUB_TOKEN: it is wrong, or has expired"
    said = _short(_message(error.data))
    if error.status == FORBIDDEN:
        needs = f"; a workflow's token needs {permission}" if permission else ""
        return f"GITHUB_TOKEN may not do that: {said}{needs}"
    if error.status == NOT_FOUND:
        return f"GitHub knows no such thing, or GITHUB_TOKEN may not see it: {said}"
    again = ": try again later" if error.status >= _SERVER_ERROR else ""
    return f"GitHub answers {error.status}: {said}{again}"


def _again(error: GithubException) -> str:
    """When it answers again, as the answer's head says."""
    reset = (error.headers or {}).get("x-ratelimit-reset", "")
    if not reset.isdigit():
        return "try again later"
    return f"try again after {datetime.fromtimestamp(int(reset), UTC):%H:%M} UTC"


def _message(data: Any) -> str:
    return str(data.get("message") or "") if isinstance(data, dict) else str(data or "")


def _short(text: str) -> str:
    return line(text)[:_MAX_MESSAGE] or "it does not say why"
