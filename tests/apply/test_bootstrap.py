"""State bucket and roles, which have to stand before anything is deployed."""

import json

import pytest

from common.pages import listed
from tests.apply.account import BOOTSTRAP
from tests.apply.mode import ROOT

SERVICES = [
    "ecs.amazonaws.com",
    "ecs.application-autoscaling.amazonaws.com",
    "elasticloadbalancing.amazonaws.com",
]
# What a person has to write before the state can be removed, which nobody does by mistake.
WITHOUT_PROTECTION = """
resource "aws_s3_bucket" "state" {
  lifecycle {
    prevent_destroy = false
  }
}
resource "aws_kms_key" "state" {
  lifecycle {
    prevent_destroy = false
  }
}
resource "aws_iam_service_linked_role" "this" {
  lifecycle {
    prevent_destroy = false
  }
}
"""


@pytest.fixture(scope="session")
def bootstrap(rehearsing):
    """The bootstrap root, applied in an account in which somebody has used ECS before."""
    with rehearsing(ROOT / "bootstrap", "bootstrap") as rehearsal:
        rehearsal.aws("iam").create_service_linked_role(
            AWSServiceName=SERVICES[0], Description="There before"
        )
        rehearsal.apply([], BOOTSTRAP)
        yield rehearsal


def test_a_second_plan_is_empty(bootstrap):
    """What was applied is what is declared."""
    assert [] == bootstrap.plan_changes()


def test_the_state_is_versioned_and_encrypted(bootstrap):
    """A state that was overwritten comes back, and only who has the key reads it."""
    s3, bucket = bootstrap.aws("s3"), bootstrap.outputs()["state_bucket"]
    (rule,) = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]

    assert "Enabled" == s3.get_bucket_versioning(Bucket=bucket)["Status"]
    assert "aws:kms" == rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"]


def test_each_environment_has_a_deploy_role_that_github_may_take(bootstrap):
    """By a provider that exists, for that environment alone."""
    iam = bootstrap.aws("iam")
    (provider,) = [one["Arn"] for one in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]]
    arns = bootstrap.outputs()["deploy_role_arns"]

    for environment, arn in arns.items():
        document = iam.get_role(RoleName=arn.rsplit("/", 1)[-1])["Role"]["AssumeRolePolicyDocument"]
        (statement,) = document["Statement"]
        assert {"Federated": provider} == statement["Principal"]
        assert f":environment:{environment}" in json.dumps(statement["Condition"])
    assert {"staging", "production"} == arns.keys()


def test_staging_has_a_role_that_loads_it_and_cannot_deploy(bootstrap):
    """Jobs of another environment of GitHub take it, and it has nothing of a deployment's."""
    iam, outputs = bootstrap.aws("iam"), bootstrap.outputs()
    name = outputs["load_role_arns"]["staging"].rsplit("/", 1)[-1]
    trust = json.dumps(iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"])

    assert ["staging"] == list(outputs["load_role_arns"])
    assert ':environment:staging-load"' in trust
    assert ':environment:staging"' not in trust
    assert [] == listed(iam, "list_attached_role_policies", "AttachedPolicies", RoleName=name)


def test_services_have_their_roles_made_and_those_that_were_there_accepted(bootstrap):
    """One each: what the account had is as it was."""
    iam = bootstrap.aws("iam")
    found = {
        service: [
            one.get("Description")
            for one in listed(iam, "list_roles", "Roles", PathPrefix=f"/aws-service-role/{service}/")
        ]
        for service in SERVICES
    }

    assert [1, 1, 1] == [len(roles) for roles in found.values()]
    assert ["There before"] == found[SERVICES[0]]


def test_a_change_arrives(bootstrap):
    """An environment that is given up takes its role along, and nothing else."""
    given_up = {**BOOTSTRAP, "environments": ["staging"]}
    announced = bootstrap.plan("given-up", [], given_up)
    bootstrap.apply_planned()

    assert [] == bootstrap.plan_changes()
    assert ["staging"] == list(bootstrap.outputs()["deploy_role_arns"])
    assert "delete" == announced['aws_iam_role.deploy["production"]']
    assert [] == [address for address in announced if '["staging"]' in address]


def test_destroy_is_refused_until_the_protection_is_off_and_then_leaves_nothing(bootstrap):
    """Whoever destroys the state by mistake has lost what it is about."""
    with pytest.raises(Exception, match="terraform destroy: Instance cannot be destroyed"):
        bootstrap.destroy()
    bootstrap.override("unprotected", WITHOUT_PROTECTION)

    assert [] == bootstrap.destroy()
    assert [] == listed(bootstrap.aws("s3"), "list_buckets", "Buckets")
    assert [] == listed(bootstrap.aws("iam"), "list_roles", "Roles")
