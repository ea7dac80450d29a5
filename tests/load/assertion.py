"""How a check fails a test."""

from collections.abc import Mapping

import pytest

from tests.load.verdict.check import Check


def assert_passed(checks: Mapping[str, Check], name: str) -> None:
    """Fail unless the check passed; inconclusive says so in so many words."""
    __tracebackhide__ = True
    check = checks[name]
    if check.outcome != "pass":
        pytest.fail(
            f"{check.outcome}: {check.expectation}; found {check.figure} ({check.detail})", pytrace=False
        )
