"""What docs/rights.md says of each role is what Terraform would create."""

from collections import defaultdict

import pytest

from tests.plan.matrix import FEW
from tests.plan.rights_page import ACCOUNT, SYSTEM, Right, table, write, written
from tests.plan.role import role

NUMBER = "123456789012"
SEND = Right(
    "SendToQueue",
    frozenset({"sqs:SendMessage", "sqs:GetQueueUrl"}),
    frozenset({f"arn:aws:sqs:eu-central-1:{NUMBER}:mail"}),
    {"StringEquals": {"aws:PrincipalAccount": NUMBER}},
)


def of_systems(plans):
    """Statements of a system's roles in any variable set, by the role's name without the system's."""
    found = defaultdict(dict)
    for plan in plans:
        prefix = f"{plan.variables['name']}-{plan.variables['environment']}-"
        for name in plan.role_names:
            for one in plan.policies_of(name):
                right = Right(
                    one.sid,
                    one.actions,
                    frozenset(r.replace(prefix.rstrip("-"), "SYSTEM") for r in one.resources),
                    one.condition,
                )
                found[name.removeprefix(prefix)].setdefault((right.sid, right.actions), right)
    return {name: list(rights.values()) for name, rights in found.items()}


def of_the_account(bootstrap):
    """Statements that allow something, of all roles of the bootstrap."""
    return {
        name: [
            Right(sid, frozenset(one["Action"]), frozenset(one["Resource"]), one.get("Condition", {}))
            for sid, one in role(bootstrap, name).allowed.items()
        ]
        for name in bootstrap.role_names
        if "production" not in name
    }


@pytest.mark.inventory
def test_the_page_says_what_roles_of_a_system_may_do(request, cells):
    """A row is a statement; what only some variable sets have is there, too."""
    said = table(of_systems(map(cells, FEW)), NUMBER)
    if request.config.getoption("--write") in ("rights", "all"):
        write(SYSTEM, said)
    assert said == written(SYSTEM)


@pytest.mark.inventory
def test_the_page_says_what_roles_of_an_account_may_do(request, bootstrap):
    """Production's are staging's once more."""
    said = table(of_the_account(bootstrap), NUMBER)
    if request.config.getoption("--write") in ("rights", "all"):
        write(ACCOUNT, said)
    assert said == written(ACCOUNT)


def test_a_statement_is_a_row_without_the_accounts_number():
    """Actions by their service, and the condition in words."""
    (row,) = [line for line in table({"api-task": [SEND]}, NUMBER).splitlines() if "SendToQueue" in line]

    condition = "`aws:PrincipalAccount` StringEquals `this account`"
    assert row == f"| SendToQueue | `sqs`: GetQueueUrl, SendMessage | `mail` | {condition} |"


def test_many_actions_are_counted():
    """A deploy role has hundreds."""
    many = Right("Read", frozenset(f"ec2:Describe{number:02}" for number in range(20)), frozenset({"*"}), {})

    assert "Describe07 and 12 more" in table({"deploy": [many]}, NUMBER)
