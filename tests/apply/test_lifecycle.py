"""Apply, change, drift, destroy: what Terraform says, and what is left."""

import re

import pytest

from stage.control_plane.pages import listed
from tests.apply.mode import NAMES, ROOT


def test_a_second_plan_is_empty(applied):
    """What was applied is what is declared."""
    assert [] == applied.plan


def test_a_change_touches_what_it_should(applied, changed):
    """A plan of many changes at once names what they are about, and nothing else.

    When more is meant to change: reports/apply/<mode>/announced.yaml is what the plan says now, for
    `changed.plan` in tests/apply/modes/<mode>.yaml.
    """
    assert applied.mode.announced == changed.announced


def test_a_plan_after_the_change_is_empty(applied, changed):
    """Every changed value arrived."""
    assert [] == changed.plan


@pytest.mark.parametrize("applied", ["none"], indirect=True)
def test_a_change_by_hand_is_noticed(applied, drifted):
    """Weights, a policy and a threshold that somebody changed are named, and nothing else."""
    assert [
        "module.load_balancer.aws_lb_listener.this",
        "module.monitoring.aws_cloudwatch_metric_alarm.dead_letters",
        'module.queue.aws_sqs_queue.this["normal"]',
    ] == drifted.noticed


@pytest.mark.parametrize("applied", ["none"], indirect=True)
def test_the_next_apply_puts_a_change_by_hand_right(applied, drifted):
    """What is declared wins."""
    assert [] == drifted.plan


def test_destroy_leaves_nothing_in_the_state(applied, destroyed):
    """Nothing declared is in the way of its own removal."""
    assert [] == destroyed.left


def _left(aws):
    """Names of what still stands, by kind."""
    return {
        "alarms": [
            alarm["AlarmName"] for alarm in listed(aws("cloudwatch"), "describe_alarms", "MetricAlarms")
        ],
        "buckets": [bucket["Name"] for bucket in listed(aws("s3"), "list_buckets", "Buckets")],
        "clusters": _active(aws("ecs"), listed(aws("ecs"), "list_clusters", "clusterArns")),
        "configuration sets": aws("sesv2").list_configuration_sets()["ConfigurationSets"],
        "identities": aws("sesv2").list_email_identities()["EmailIdentities"],
        "load balancers": listed(aws("elbv2"), "describe_load_balancers", "LoadBalancers"),
        "log groups": listed(aws("logs"), "describe_log_groups", "logGroups"),
        "meshes": listed(aws("appmesh"), "list_meshes", "meshes"),
        "namespaces": listed(aws("servicediscovery"), "list_namespaces", "Namespaces"),
        "parameters": listed(aws("ssm"), "describe_parameters", "Parameters"),
        "queues": listed(aws("sqs"), "list_queues", "QueueUrls"),
        "repositories": listed(aws("ecr"), "describe_repositories", "repositories"),
        "roles": listed(aws("iam"), "list_roles", "Roles"),
        "tables": listed(aws("dynamodb"), "list_tables", "TableNames"),
        "topics": listed(aws("sns"), "list_topics", "Topics"),
        "vpcs": [vpc["VpcId"] for vpc in listed(aws("ec2"), "describe_vpcs", "Vpcs") if not vpc["IsDefault"]],
    }


def _active(ecs, clusters):
    """Clusters that are still there: ECS goes on listing a deleted one for a while."""
    found = ecs.describe_clusters(clusters=clusters)["clusters"]
    return [cluster["clusterArn"] for cluster in found if cluster["status"] != "INACTIVE"]


def test_destroy_leaves_nothing_in_the_account(applied, destroyed):
    """Also nothing that was made on behalf of a resource, such as the alarms of a scaling policy."""
    left = _left(destroyed.aws)

    assert {kind: [] for kind in left} == left


def test_every_mesh_is_rehearsed():
    """A mesh that may be chosen and has no file here would be one that nobody has applied."""
    (allowed,) = re.findall(r"contains\(\[(.*)\], var\.service_mesh\)", (ROOT / "variables.tf").read_text())

    assert set(NAMES) == set(re.findall(r'"(\w+)"', allowed))
