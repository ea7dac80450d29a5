"""Runs last: these tests look at, and then remove, what the others used."""

import pytest

from tests.load.assertion import assert_passed
from verify.verdict.terraform import DESTROY_RULES, PLAN_RULES


@pytest.mark.parametrize("rule", PLAN_RULES)
def test_second_plan(rule, plan_checks):
    """After everything that the other tests did, what runs is still what is declared."""
    assert_passed(plan_checks, rule)


@pytest.mark.parametrize("rule", DESTROY_RULES)
def test_destroy(rule, destroy_checks):
    """What was applied can be removed again, to the last resource."""
    assert_passed(destroy_checks, rule)
