"""Whatever is called on a stage can be decided on, by every condition key that a policy has."""

from collections.abc import Iterator
from itertools import chain

import pytest

from stage.authorization.calls.table import table_of
from stage.authorization.errors import UnknownOperationError
from stage.authorization.policy import parse
from stage.authorization.reference import has_no_type
from tests.plan.access import PROVIDER_ACTIONS
from tests.plan.aws_calls import calls_of, methods, program
from tests.plan.planned_policies import planned_policies
from tests.unit.stage.authorization.calls.reached import reached

# Rights that nothing on a stage uses through the API: what AWS does by itself, or a person by hand.
NOT_CALLED = {
    "acm-pca:DescribeCertificateAuthority": "ECS makes Service Connect's certificates itself",
    "acm-pca:GetCertificate": "ECS makes Service Connect's certificates itself",
    "acm-pca:GetCertificateAuthorityCertificate": "ECS makes Service Connect's certificates itself",
    "acm-pca:IssueCertificate": "ECS makes Service Connect's certificates itself",
    "appmesh:StreamAggregatedResources": "Envoy's own protocol",
    "dynamodb:PartiQLSelect": "a statement in SQL names its table",
    "logs:GetLogRecord": "a pointer to a record does not tell its group",
    "logs:GetQueryResults": "a query's id does not tell its groups",
}
# Keys of a request that are not about what it asks for.
FROM_ELSEWHERE = {
    "acm-pca:TemplateArn": "ECS makes Service Connect's certificates itself",
    "aws:PrincipalAccount": "the caller's",
    "aws:PrincipalArn": "the caller's",
    "aws:SecureTransport": "how the call came",
    "aws:SourceAccount": "what a service calls for",
    "aws:SourceArn": "what a service calls for",
    "kms:ResourceAliases": "the key's own",
    "s3:TlsVersion": "how the call came",
    "token.actions.githubusercontent.com:aud": "the token's",
    "token.actions.githubusercontent.com:sub": "the token's",
}


def is_known(service: str, operation: str) -> bool:
    """Whether a call of an operation can be decided on."""
    try:
        table_of(service).row(operation)
    except UnknownOperationError:
        return False
    return True


def can_be_asked(action: str) -> bool:
    """Whether some call is authorized as an action."""
    return has_no_type(action) or action in reached()


def named(plan) -> Iterator[tuple[str, str]]:
    """Actions that policies of a plan name in full, with the policy's address."""
    for one in policies(plan):
        for pattern in chain(*(statement.actions.patterns for statement in one[1].statements)):
            if "*" not in pattern:
                yield one[0], pattern


def policies(plan):
    """Policies of a plan that have a statement, with their addresses."""
    return [
        (one.address, parse(one.text, one.kind))
        for one in planned_policies(plan)
        if '"Statement"' in one.text
    ]


def look_at(plan):
    """Hold the data against all policies of a plan."""
    assert [] == [
        f"{address} allows {action}, and no call is authorized as it"
        for address, action in named(plan)
        if action not in NOT_CALLED and not can_be_asked(action)
    ]
    keys = {key for some in reached().values() for one in some for key in one.context}
    known = {key.lower() for key in keys | FROM_ELSEWHERE.keys()}
    assert [] == [
        f"{address} has a condition about {test.key}, which no call has"
        for address, policy in policies(plan)
        for statement in policy.statements
        for test in statement.condition
        if not is_of_any_name(test.key) and test.key.lower() not in known
    ]


def is_of_any_name(key: str) -> bool:
    """Whether a key is of a tag or an encryption context, which have whatever names they were given."""
    return any(part in key for part in ("aws:RequestTag/", ":ResourceTag/", "kms:EncryptionContext:"))


@pytest.mark.parametrize("kind", sorted(PROVIDER_ACTIONS))
def test_whatever_terraform_asks_can_be_decided_on(kind):
    """To read a type of resource, and to change it."""
    actions = {*PROVIDER_ACTIONS[kind]["read"], *PROVIDER_ACTIONS[kind]["change"]}

    assert actions
    assert set() == {action for action in actions if not can_be_asked(action)}


@pytest.mark.parametrize(
    "files", ["load_generator/**/*.py", "ops/**/*.py", "services/**/*.py", "stage/**/*.py", "verify/**/*.py"]
)
def test_whatever_our_programs_call_can_be_decided_on(files):
    """A method that two services have is a call of one of them."""
    calls = calls_of(program(files))

    assert calls
    assert [] == [
        f"{call.place} calls {call.method}, and nobody knows what that is about"
        for call in calls
        if not any(is_known(service, methods(service)[call.method]) for service in call.services)
    ]


def test_what_is_said_not_to_be_called_is_not():
    """Neither an action that some call is authorized as, nor a key that the parameters tell."""
    told = {key for some in reached().values() for one in some for key in one.context}

    assert [] == [action for action in NOT_CALLED if can_be_asked(action)]
    assert set() == told & FROM_ELSEWHERE.keys()


def test_every_policy_of_the_system_is_about_calls(cell):
    """In whatever variable set."""
    look_at(cell)


def test_every_policy_of_the_bootstrap_is_about_calls(bootstrap):
    """Pipelines have the largest of them."""
    look_at(bootstrap)


def test_every_policy_of_a_module_alone_is_about_calls(standalone):
    """There nothing is unknown before an apply."""
    look_at(standalone)
