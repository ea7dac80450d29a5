"""Whoever takes a role may do what its work needs, to what it works on."""

import json
import re

import pytest

from tests.plan.matrix import FEW
from tests.plan.rules.data import read

ROLES = read("permissions.yaml")
UNBOUNDED = read("unbounded-actions.yaml")
# The one role that a person takes.
OPERATORS = "module.operators"
# Conditions that bind a statement for everybody to this account, this VPC or encrypted transport.
BOUNDS = {
    "aws:PrincipalAccount",
    "aws:SecureTransport",
    "aws:SourceAccount",
    "aws:SourceArn",
    "kms:CallerAccount",
}


def _prefix(plan):
    return f"{plan.variables['name']}-{plan.variables['environment']}-"


def _granted(plan):
    """Every statement of every role, by the role's name without the system's."""
    return {name.removeprefix(_prefix(plan)): plan.policies_of(name) for name in plan.role_names}


def test_no_role_may_do_more_than_its_list_says(cell):
    """Every action of every statement of every role stands in the role's list."""
    granted = _granted(cell)
    assert granted.keys() <= ROLES.keys()
    beyond = {
        (role, action)
        for role, statements in granted.items()
        for statement in statements
        for action in statement.actions - set(ROLES[role])
    }
    assert set() == beyond


def test_what_roles_may_do_is_known_before_an_apply(cell):
    """A plan shows every policy, but for the one that names the key itself (see modules/mesh)."""
    policies = cell.all("aws_iam_role_policy")
    unknown = {address for address, policy in policies.items() if "policy" not in policy}
    with_tls = cell.variables["mesh_certificate_authority_arn"] is not None
    assert unknown == ({"module.mesh.aws_iam_role_policy.tls_key[0]"} if with_tls else set())


def test_every_role_may_do_something(cell):
    """A role without permissions is a role that nobody needs."""
    granted = _granted(cell)
    assert granted
    assert set() == {role for role, statements in granted.items() if not statements}


def test_no_list_allows_what_no_role_does(cells):
    """A list that is longer than what the roles hold, over few variable sets and so over all, is no limit."""
    used: dict[str, set[str]] = {role: set() for role in ROLES}
    for name in FEW:
        for role, statements in _granted(cells(name)).items():
            used[role] |= {action for statement in statements for action in statement.actions}
    assert {role: sorted(actions) for role, actions in used.items()} == {
        role: sorted(actions) for role, actions in ROLES.items()
    }


def test_no_action_is_a_wildcard(cell):
    """Each permission is named in full."""
    statements = [one for granted in _granted(cell).values() for one in granted]
    assert statements
    assert set() == {action for one in statements for action in one.actions if "*" in action}


def test_only_actions_without_a_resource_level_are_granted_on_everything(cell):
    """Resource "*" stands only beside actions for which AWS knows nothing narrower."""
    everywhere = {
        action
        for granted in _granted(cell).values()
        for statement in granted
        if "*" in statement.resources
        for action in statement.actions
    }
    assert everywhere <= UNBOUNDED.keys()


def test_no_resource_is_a_wildcard_of_its_whole_kind(cell):
    """A resource names what it is: no ARN is "*" from its name on, unless a condition says which."""
    resources = {
        resource
        for granted in _granted(cell).values()
        for statement in granted
        if "ses:FromAddress" not in statement.condition.get("StringEquals", {})
        for resource in statement.resources - {"*"}
    }
    assert resources
    assert set() == {one for one in resources if re.search(r"[:/]\*$", one) and one.count(":") < 6}


def test_what_a_role_may_do_stands_in_its_own_policies(cell):
    """No managed policy is attached, whose text somebody else may change."""
    attached = ("aws_iam_role_policy_attachment", "aws_iam_policy_attachment", "aws_iam_policy")
    assert {kind: cell.all(kind) for kind in attached} == {kind: {} for kind in attached}
    assert [] == [name for name, role in cell.all("aws_iam_role").items() if role.get("managed_policy_arns")]


def test_a_persons_role_is_taken_by_the_named_of_this_account(cell):
    """The trust is the account's, and a condition names who of it."""
    roles = {
        address: role for address, role in cell.all("aws_iam_role").items() if address.startswith(OPERATORS)
    }
    assert bool(roles) == bool(cell.variables["operators"])
    for role in roles.values():
        for statement in json.loads(role["assume_role_policy"])["Statement"]:
            assert statement["Principal"] == {"AWS": f"arn:aws:iam::{cell.variables['aws_account_id']}:root"}
            assert {"ArnLike"} == set(statement["Condition"])
            assert {"aws:PrincipalArn"} == set(statement["Condition"]["ArnLike"])


def test_every_other_role_is_taken_by_one_service_of_this_account(cell):
    """The trust names a service and binds it to this account."""
    roles = {name: role for name, role in cell.all("aws_iam_role").items() if not name.startswith(OPERATORS)}
    assert roles
    for address, role in roles.items():
        for statement in json.loads(role["assume_role_policy"])["Statement"]:
            bounds = {key for condition in statement["Condition"].values() for key in condition}
            assert (address, list(statement["Principal"])) == (address, ["Service"])
            assert "aws:SourceAccount" in bounds, address


@pytest.mark.parametrize("kind", ["aws_sqs_queue", "aws_sns_topic", "aws_s3_bucket_policy", "aws_kms_key"])
def test_what_everybody_may_do_is_bound(standalone, kind):
    """A resource's policy lets in nobody from outside the account."""
    policies = [one["policy"] for one in standalone.all(kind).values() if one.get("policy")]
    assert policies
    for text in policies:
        for statement in json.loads(text)["Statement"]:
            everybody = statement["Principal"] in ("*", {"AWS": "*"})
            bounds = {key for condition in statement.get("Condition", {}).values() for key in condition}
            assert statement["Effect"] == "Deny" or not everybody or bounds & BOUNDS, statement
