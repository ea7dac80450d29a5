import pytest

from verify.verdict.terraform import DESTROY_RULES, PLAN_RULES, judge_destroy, judge_plan

JUDGES = [(judge_plan, PLAN_RULES), (judge_destroy, DESTROY_RULES)]


@pytest.mark.parametrize(("judge", "rules"), JUDGES)
def test_nothing_to_name_passes(judge, rules):
    """No change in a second plan and no resource after a destroy is what there should be."""
    (check,) = judge([])

    assert (rules, "pass") == ((check.name,), check.outcome)


@pytest.mark.parametrize(("judge", "rules"), JUDGES)
def test_an_address_fails_by_name(judge, rules):
    """Whoever reads it goes to that resource."""
    (check,) = judge(["module.queue.aws_sqs_queue.this"])

    assert (rules, "fail", "module.queue.aws_sqs_queue.this") == ((check.name,), check.outcome, check.detail)
