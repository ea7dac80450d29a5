"""Says that the integration tests were not run, where no container can run: never a pass.

Without an engine the run ends with a status of its own, of which `make test` makes its last line; with
`CI=true` it is a plain failure.
"""

import os
from typing import NoReturn

import pytest

STATUS = 69
"""Exit status of a run that could not be: EX_UNAVAILABLE of sysexits.h."""

VERDICT = "integration: NOT RUN"
_FAILURE = 1
_reasons: list[str] = []


def end(reason: str) -> NoReturn:
    """End the run.

    Args:
        reason: One line that says what to start.
    """
    _reasons.append(reason)
    pytest.exit(f"{VERDICT}: {reason}", returncode=_FAILURE if in_ci() else STATUS)


def reason() -> str | None:
    """Why the tests were not run; None if they were."""
    return _reasons[-1] if _reasons else None


def in_ci() -> bool:
    """Whether not being able to run is a failure."""
    return os.environ.get("CI", "").lower() in {"1", "true"}
