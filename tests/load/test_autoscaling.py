import pytest

from tests.load.assertion import assert_passed
from verify.verdict.autoscaling import RULES


@pytest.mark.parametrize("rule", RULES)
def test_autoscaling(rule, autoscaling_checks):
    """Load over 70 % CPU scales the fleet out, its end scales it in, and nobody notices."""
    assert_passed(autoscaling_checks, rule)
