"""The boundary of the system's roles is as wide as what they ask for, and no wider."""

import pytest

from tests.plan.access import actions, statements
from tests.plan.matrix import FEW


@pytest.fixture(scope="module")
def allowed(bootstrap):
    """Every action that the boundary lets through."""
    boundary = bootstrap.one("aws_iam_policy", name="notifications-workload-boundary")
    return actions(statements(boundary["policy"]))


def _asked(plan, *, of=""):
    """Every action of a plan's roles, of those whose names end so."""
    roles = [role for role in plan.role_names if role.endswith(of)]
    return {action for role in roles for one in plan.policies_of(role) for action in one.actions}


def test_a_shell_opens_within_the_boundary(standalone, allowed):
    """Whoever asks for ECS Exec while something is wrong finds out then if a channel is missing."""
    asked = _asked(standalone, of="-execute-command-task")
    assert "ssmmessages:OpenDataChannel" in asked
    assert set() == asked - allowed


def test_the_boundary_lets_nothing_through_that_no_role_asks_for(standalone, cells, allowed):
    """What a deployment may hand to a role of its own making is what the system's roles have."""
    asked = _asked(standalone).union(*(_asked(cells(name)) for name in FEW))
    assert set() == allowed - asked
