"""Every policy that Terraform renders is one that the stage can decide by."""

import pytest

from stage.authorization.evaluate import Policies, evaluate
from stage.authorization.policy import Kind, parse
from stage.authorization.principals import Principal
from stage.authorization.reference import action
from stage.authorization.request import Request
from tests.plan.account import ACCOUNT_ID
from tests.plan.planned_policies import planned_policies, unlisted
from tests.plan.role import role

DEPLOY = "notifications-staging-deploy"
CALLER = Principal.of(
    f"arn:aws:sts::{ACCOUNT_ID}:assumed-role/{DEPLOY}/run", f"arn:aws:iam::{ACCOUNT_ID}:role/{DEPLOY}"
)
OTHER = Principal.of("arn:aws:iam::999999999999:user/somebody")


def actions_of(policy):
    """Actions that a policy names in full."""
    patterns = {pattern for one in policy.statements for pattern in one.actions.patterns}
    return sorted(pattern for pattern in patterns if "*" not in pattern)


def readable(plan):
    """Policies of a plan that have a statement."""
    return [one for one in planned_policies(plan) if '"Statement"' in one.text]


def look_at(plan):
    """Read each policy, which refuses what AWS does not know, and decide on each action that it names."""
    assert set() == unlisted(plan)
    assert readable(plan)
    for one in readable(plan):
        policy = parse(one.text, one.kind)
        for name in actions_of(policy):
            assert action(name), f"{one.address} names {name}, which AWS does not know"
            for caller in (CALLER, OTHER):
                request = Request(caller, name, owner=ACCOUNT_ID)
                assert evaluate(request, Policies((policy,), policy, (policy,), policy, (), policy)).reason


def document(statements):
    """A policy of statements by their ids."""
    return {"Version": "2012-10-17", "Statement": list(statements.values())}


@pytest.fixture(scope="session")
def deploying(bootstrap):
    """All policies of the role that deploys staging."""
    found = role(bootstrap, DEPLOY)
    return Policies(
        (parse(document(found.policies), Kind.IDENTITY),), parse(document(found.boundary), Kind.BOUNDARY)
    )


def test_every_policy_of_the_system_can_be_decided_by(cell):
    """In whatever variable set."""
    look_at(cell)


def test_every_policy_of_the_bootstrap_can_be_decided_by(bootstrap):
    """Pipelines have the largest of them."""
    look_at(bootstrap)


def test_every_policy_of_a_module_alone_can_be_decided_by(standalone):
    """There nothing is unknown before an apply."""
    look_at(standalone)


def test_every_policy_of_the_example_can_be_decided_by(minimal):
    """A reader applies it as it is."""
    look_at(minimal)


def test_a_service_without_permissions_has_no_policy(minimal):
    """AWS refuses one without a statement."""
    for one in planned_policies(minimal):
        parse(one.text, one.kind)
    assert "run" not in {one["name"] for one in minimal.all("aws_iam_role_policy").values()}


def test_a_deploy_role_makes_a_role_with_the_boundary_alone(deploying):
    """Without it a deployment could make a role that may do anything."""
    boundary = f"arn:aws:iam::{ACCOUNT_ID}:policy/notifications-bootstrap/notifications-workload-boundary"
    given = {"aws:RequestTag/Application": "notifications", "aws:RequestTag/Environment": "staging"}
    made = f"arn:aws:iam::{ACCOUNT_ID}:role/notifications-staging-api"
    within = Request(CALLER, "iam:CreateRole", made, context={**given, "iam:PermissionsBoundary": boundary})
    without = Request(CALLER, "iam:CreateRole", made, context=given)

    assert evaluate(within, deploying).allowed
    assert "with an explicit deny in a permissions boundary" == evaluate(without, deploying).reason


def test_a_deploy_role_touches_nothing_of_the_other_environment(deploying):
    """Staging's pipeline cannot break production."""
    queues = f"arn:aws:sqs:eu-central-1:{ACCOUNT_ID}:notifications"
    tls = {"aws:SecureTransport": True}

    assert evaluate(
        Request(CALLER, "sqs:DeleteQueue", f"{queues}-staging-mail", context=tls), deploying
    ).allowed
    refused = evaluate(
        Request(CALLER, "sqs:DeleteQueue", f"{queues}-production-mail", context=tls), deploying
    )
    assert "because no identity-based policy allows the sqs:DeleteQueue action" == refused.reason


def test_a_queue_refuses_what_is_not_encrypted_on_its_way(standalone):
    """Its policy denies it to everybody, services among them."""
    (queue,) = [
        one
        for one in planned_policies(standalone)
        if one.address == 'module.queue.aws_sqs_queue.this["normal"]'
    ]
    policies = Policies(resource=parse(queue.text, queue.kind))
    sns, arn = Principal.service("sns.amazonaws.com"), f"arn:aws:sqs:eu-central-1:{ACCOUNT_ID}:mail"
    plain = Request(sns, "sqs:SendMessage", arn, context={"aws:SecureTransport": False})
    encrypted = Request(sns, "sqs:SendMessage", arn, context={"aws:SecureTransport": True})

    assert "with an explicit deny in a resource-based policy" == evaluate(plain, policies).reason
    assert (
        "because no resource-based policy allows the sqs:SendMessage action"
        == evaluate(encrypted, policies).reason
    )
