"""Decisions, held against what AWS's documentation says of them."""

from urllib.parse import urlsplit

import pytest

from stage.authorization import errors
from stage.authorization.evaluate import evaluate
from tests.unit.stage.authorization.documented_cases import read_cases

CASES = list(read_cases())
CALLS = [call for case in CASES for call in case.calls]
REFUSED = [case for case in CASES if "refused" in case.values]


def name(one):
    """A case's sentence, or that of a call's case."""
    case = getattr(one, "case", one)
    return f"{case.file}: {case.says}"


def test_there_are_more_than_a_hundred_cases_each_with_its_page():
    """None says the same as another, and each has calls or is refused."""
    assert len(CASES) > 100
    assert len({case.says for case in CASES}) == len(CASES)
    assert {"docs.aws.amazon.com"} == {urlsplit(case.page).hostname for case in CASES}
    assert [] == [case.says for case in CASES if bool(case.calls) == ("refused" in case.values)]


@pytest.mark.parametrize("call", CALLS, ids=name)
def test_a_call_is_decided_as_documented(call):
    """What is refused is refused for the documented reason, by the documented statement."""
    decision = evaluate(call.request, call.policies)

    assert call.expected == (None if decision.allowed else decision.reason)
    assert call.values.get("sid", decision.sid) == decision.sid


@pytest.mark.parametrize("case", REFUSED, ids=name)
def test_a_policy_is_refused_as_documented(case):
    """By the error that is named, and no other."""
    with pytest.raises(errors.PolicyError) as caught:
        case.parse_all()

    assert case.values["refused"] == type(caught.value).__name__
