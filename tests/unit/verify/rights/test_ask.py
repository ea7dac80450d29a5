import json
import re

import pytest

from stage.authorization.decision import not_allowed
from stage.authorization.policy import Kind
from stage.authorization.principals import Principal
from stage.authorization.request import Request
from stage.control_plane import report_routes
from stage.control_plane.rights.record import Record
from tests.unit.stage.control_plane.extensions.gaps.world import emulated_clients
from tests.unit.stage.emulated import reporting
from tests.unit.verify.rights.worlds import policy, statement
from verify.errors import LoadError
from verify.rights.ask import decided_at, observe, roles

TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})
SEND = policy(statement("Send", "sqs:SendMessage")).document
PURGE = policy(statement("Purge", "sqs:PurgeQueue")).document


@pytest.fixture
def iam():
    """IAM of an empty account."""
    with emulated_clients() as client:
        yield client("iam")


@pytest.fixture
def sender(iam):
    """A role with an inline policy and one that is attached."""
    iam.create_role(RoleName="sender", Path="/system/", AssumeRolePolicyDocument=TRUST)
    iam.put_role_policy(RoleName="sender", PolicyName="run", PolicyDocument=SEND)
    arn = iam.create_policy(PolicyName="more", PolicyDocument=SEND)["Policy"]["Arn"]
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=PURGE, SetAsDefault=True)
    iam.attach_role_policy(RoleName="sender", PolicyArn=arn)
    return arn


@pytest.fixture
def url(monkeypatch):
    """Address of a process that has refused one call."""
    record = Record()
    caller = Principal.of("arn:aws:iam::111122223333:user/ann")
    record.note(not_allowed(Request(caller, "sqs:ListQueues"), Kind.IDENTITY))
    monkeypatch.setattr(report_routes, "RECORD", record)
    with reporting() as reporter:
        yield reporter.endpoint_url


def test_a_role_has_its_inline_and_attached_policies(iam, sender):
    """Of one that is attached the version that counts."""
    (found,) = roles(iam)

    assert found.arn.endswith(":role/system/sender")
    assert [("run", "", json.loads(SEND)), ("more", sender, json.loads(PURGE))] == [
        (one.name, one.arn, json.loads(one.document)) for one in found.policies
    ]


def test_roles_of_awss_services_are_left_out(iam):
    """Nobody but AWS says what they may do."""
    iam.create_service_linked_role(AWSServiceName="ecs.amazonaws.com")

    assert [] == list(roles(iam))


@pytest.mark.usefixtures("sender")
def test_all_processes_are_asked_and_each_once(iam, url):
    """Two variables may lead to the same."""
    observed = observe({"AWS_ENDPOINT_URL": url, "AWS_ENDPOINT_URL_SQS": url}, iam)

    assert [("sqs:ListQueues", 1)] == [(one.action, one.count) for one in observed.decisions]
    assert 1 == len(observed.roles)


def test_each_of_two_processes_has_its_own_decisions(iam, url):
    """SQS has a process of its own."""
    observed = observe({"AWS_ENDPOINT_URL": url, "AWS_ENDPOINT_URL_SQS": f"{url}/"}, iam)

    assert [2] == [one.count for one in observed.decisions]


@pytest.mark.parametrize("environment", [{}, {"AWS_ENDPOINT_URL": ""}])
def test_an_environment_that_leads_nowhere_is_said(iam, environment):
    """AWS itself keeps no such record."""
    with pytest.raises(LoadError, match="AWS_ENDPOINT_URL is not set: set what"):
        observe(environment, iam)


def test_whoever_has_no_decisions_is_named():
    """Nobody listens there."""
    with pytest.raises(LoadError, match=re.escape("http://127.0.0.1:9/stage/rights has no decisions")):
        decided_at("http://127.0.0.1:9")
