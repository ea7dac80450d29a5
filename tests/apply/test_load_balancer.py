"""Listeners, weights and access logs."""

import json

import pytest

from common.pages import listed


@pytest.fixture
def balancer(applied):
    """The only load balancer."""
    (found,) = listed(applied.aws("elbv2"), "describe_load_balancers", "LoadBalancers")
    return found["LoadBalancerArn"]


def listeners(applied, balancer):
    """Listeners by port."""
    found = listed(applied.aws("elbv2"), "describe_listeners", "Listeners", LoadBalancerArn=balancer)
    return {listener["Port"]: listener for listener in found}


@pytest.mark.parametrize(
    ("applied", "port", "canary"),
    [("service_connect", 443, 0), ("app_mesh", 443, 10), ("none", 443, 0), ("staging", 80, 0)],
    indirect=["applied"],
)
def test_requests_are_shared_as_declared(applied, balancer, port, canary):
    """The canary's target group gets its percentage, the stable one the rest."""
    listener = listeners(applied, balancer)[port]["ListenerArn"]
    rules = listed(applied.aws("elbv2"), "describe_rules", "Rules", ListenerArn=listener)
    # The rule that comes first decides, and the default where there is none.
    first = min(rules, key=lambda rule: (rule["IsDefault"], rule["Priority"]))
    (action,) = first["Actions"]

    weights = {group["TargetGroupArn"]: group["Weight"] for group in action["ForwardConfig"]["TargetGroups"]}
    assert {
        applied.outputs["notification_api"]["target_group_arn"]: 100 - canary,
        applied.outputs["canary"]["target_group_arn"]: canary,
    } == weights


@pytest.mark.parametrize("applied", ["service_connect"], indirect=True)
def test_production_serves_https_and_redirects_http(applied, balancer):
    """With the certificate that was given."""
    found = listeners(applied, balancer)

    (certificate,) = found[443]["Certificates"]
    (redirect,) = found[80]["DefaultActions"]
    assert {80, 443} == found.keys()
    assert applied.variables["certificate_arn"] == certificate["CertificateArn"]
    assert ("443", "HTTPS") == (redirect["RedirectConfig"]["Port"], redirect["RedirectConfig"]["Protocol"])


def test_the_bucket_of_the_access_logs_takes_them_from_elb(applied, balancer):
    """The bucket that the load balancer names exists, and its policy names log delivery."""
    answer = applied.aws("elbv2").describe_load_balancer_attributes(LoadBalancerArn=balancer)
    attributes = {attribute["Key"]: attribute["Value"] for attribute in answer["Attributes"]}
    policy = json.loads(
        applied.aws("s3").get_bucket_policy(Bucket=attributes["access_logs.s3.bucket"])["Policy"]
    )

    allowed = [statement["Principal"] for statement in policy["Statement"] if statement["Effect"] == "Allow"]
    assert "true" == attributes["access_logs.s3.enabled"]
    assert [{"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}] == allowed


def test_only_production_is_protected_from_deletion(applied, balancer):
    """The load balancer and the ledger cannot be deleted by mistake."""
    answer = applied.aws("elbv2").describe_load_balancer_attributes(LoadBalancerArn=balancer)
    attributes = {attribute["Key"]: attribute["Value"] for attribute in answer["Attributes"]}
    table = applied.aws("dynamodb").describe_table(TableName=applied.outputs["ledger_table_name"])["Table"]

    production = applied.mode.environment == "production"
    assert production == (attributes["deletion_protection.enabled"] == "true")
    assert production == table["DeletionProtectionEnabled"]
