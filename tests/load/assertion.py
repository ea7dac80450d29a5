"""How a check fails a test."""

from collections.abc import Mapping

import pytest

from tests.load.inconclusive import InconclusiveError
from verify.verdict.check import Check


def assert_passed(checks: Mapping[str, Check], name: str) -> None:
    """Fail if the check failed; a check that says nothing is neither failed nor passed.

    Raises:
        InconclusiveError: The host was starved.
    """
    __tracebackhide__ = True
    check = checks[name]
    sentence = f"{check.outcome}: {check.expectation}; found {check.figure} ({check.detail})"
    if check.outcome == "inconclusive":
        raise InconclusiveError(sentence)
    if check.outcome != "pass":
        pytest.fail(sentence, pytrace=False)
