import pytest

from tests.load.assertion import assert_passed
from verify.verdict.lost_task import RULES


@pytest.mark.parametrize("rule", RULES)
def test_lost_task(rule, lost_task_checks):
    """A lost task is replaced, and no accepted notification is lost with it."""
    assert_passed(lost_task_checks, rule)
