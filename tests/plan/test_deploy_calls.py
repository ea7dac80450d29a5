"""Calls that an apply makes, from their parameters to a decision, by the deploy role as it is planned."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from stage.authorization.calls.authorize import requests
from stage.authorization.calls.call import Call
from stage.authorization.decision import Decision
from stage.authorization.evaluate import Policies, evaluate_all
from stage.authorization.policy import Kind, parse
from stage.authorization.principals import Principal
from tests.plan.account import ACCOUNT_ID
from tests.plan.role import role
from tests.unit.stage.authorization.calls.world import Things

REGION = "eu-central-1"
DEPLOY = "notifications-staging-deploy"
CALLER = Principal.of(
    f"arn:aws:sts::{ACCOUNT_ID}:assumed-role/{DEPLOY}/run", f"arn:aws:iam::{ACCOUNT_ID}:role/{DEPLOY}"
)
BOUNDARY = f"arn:aws:iam::{ACCOUNT_ID}:policy/notifications-bootstrap/notifications-workload-boundary"
CALLS = yaml.safe_load(Path(__file__).with_name("deploy_calls.yaml").read_text("utf-8"))
# What AWS numbers itself.
NUMBERED = {
    "application-autoscaling:ScalableTarget": "scalable-target/1",
    "ec2:route-table": "route-table/rtb-1",
    "ec2:subnet": "subnet/subnet-1",
}


def each(some: str) -> pytest.MarkDecorator:
    """Calls of a list, one test each."""
    ids = [f"{service}:{operation}:{place}" for place, (service, operation, _) in enumerate(CALLS[some])]
    return pytest.mark.parametrize(("service", "operation", "parameters"), CALLS[some], ids=ids)


@dataclass
class Environment(Things):
    """A world in which everything that has no name is one environment's.

    Attributes:
        name: Of the environment.
    """

    name: str = ""

    def tags(self, arn):  # noqa: ARG002
        """Tags of anything."""
        return filled(CALLS["tags"]["map"], self.name)

    def keys(self, arn):
        """The boundary of any role."""
        return {"iam:PermissionsBoundary": BOUNDARY} if ":role/" in arn else {}

    def arns(self, kind, identifier):  # noqa: ARG002
        """What has a number."""
        service = kind.partition(":")[0]
        return [f"arn:aws:{service}:{REGION}:{ACCOUNT_ID}:{NUMBERED[kind]}"] if kind in NUMBERED else []


def filled(found: Any, environment: str) -> Any:
    """Parameters with an environment's names."""
    match found:
        case str():
            known = {
                "ACCOUNT": ACCOUNT_ID,
                "BOUNDARY": BOUNDARY,
                "ENVIRONMENT": environment,
                "NAME": f"notifications-{environment}",
            }
            return re.sub("|".join(known), lambda place: known[place[0]], found)
        case list():
            return [filled(one, environment) for one in found]
        case dict():
            return {key: filled(one, environment) for key, one in found.items()}
        case _:
            return found


@pytest.fixture(scope="session")
def deploying(bootstrap) -> Policies:
    """All policies of the role that deploys staging."""
    found = role(bootstrap, DEPLOY)
    identity = {"Version": "2012-10-17", "Statement": list(found.policies.values())}
    boundary = {"Version": "2012-10-17", "Statement": list(found.boundary.values())}
    return Policies((parse(identity, Kind.IDENTITY),), parse(boundary, Kind.BOUNDARY))


def decision(policies: Policies, service: str, operation: str, parameters: Any, environment: str) -> Decision:
    """The decision on a call about an environment's things."""
    call = Call(service, operation, filled(parameters, environment), REGION, ACCOUNT_ID)
    world = Environment(name=environment)
    return evaluate_all((one, policies) for one in requests(call, CALLER, world))


@each("own")
def test_a_deployment_may_make_what_is_its_environments(deploying, service, operation, parameters):
    """With the names and tags that Terraform gives it, and all that such a call takes besides."""
    assert "" == decision(deploying, service, operation, parameters, "staging").message


@each("own")
def test_a_deployment_may_not_make_what_is_another_environments(deploying, service, operation, parameters):
    """By the name, or by the tags where AWS gives a number."""
    assert not decision(deploying, service, operation, parameters, "production").allowed


@each("refused")
def test_a_deployment_may_not_overreach(deploying, service, operation, parameters):
    """Neither with roles beyond its boundary nor without the tags."""
    assert not decision(deploying, service, operation, parameters, "staging").allowed
