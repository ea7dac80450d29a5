import json
from fnmatch import fnmatchcase

from tests.plan.view import only

CLUSTER = "module.cluster.aws_ecs_cluster.this"
PROVIDERS = "aws_ecs_cluster_capacity_providers.this"


def test_the_cluster_counts_tasks(standalone):
    """Container Insights is on."""
    cluster = standalone.one("aws_ecs_cluster", name="standalone")
    assert [{"name": "containerInsights", "value": "enabled"}] == cluster["setting"]


def test_the_cluster_offers_fargate_and_spot(standalone):
    """Services choose their share of each."""
    providers = standalone.one("aws_ecs_cluster_capacity_providers", cluster_name="standalone")
    assert ["FARGATE", "FARGATE_SPOT"] == providers["capacity_providers"]


def test_what_is_started_by_hand_does_not_run_on_spot(standalone):
    """Who names no strategy gets Fargate."""
    providers = standalone.one("aws_ecs_cluster_capacity_providers", cluster_name="standalone")
    default = only(providers["default_capacity_provider_strategy"])
    assert {"capacity_provider": "FARGATE", "base": 1, "weight": 100} == default


def test_the_capacity_providers_are_the_clusters_own(standalone):
    """They wait for the cluster and are gone before it."""
    assert {CLUSTER} == standalone.sources(f"module.cluster.{PROVIDERS}", "cluster_name")


def test_services_wait_for_the_capacity_providers(standalone):
    """ECS refuses a service whose providers the cluster does not know yet."""
    outputs = standalone.configuration["module_calls"]["cluster"]["module"]["outputs"]
    assert [PROVIDERS] == outputs["arn"]["depends_on"]


def test_the_cluster_is_put_out(standalone):
    """By ARN for services, by name for autoscaling and alarms."""
    outputs = standalone.configuration["module_calls"]["cluster"]["module"]["outputs"]
    assert "aws_ecs_cluster.this.arn" in outputs["arn"]["expression"]["references"]
    assert "aws_ecs_cluster.this.name" in outputs["name"]["expression"]["references"]


def test_what_container_insights_writes_is_kept_as_long_as_other_logs_and_with_the_key(standalone):
    """It would make the group itself, for ever and without the key."""
    group = standalone.one(
        "aws_cloudwatch_log_group", name="/aws/ecs/containerinsights/standalone/performance"
    )
    assert (30, "kms") == (group["retention_in_days"], group["kms_key_id"].split(":")[2])


def test_the_group_is_there_before_container_insights_writes(standalone):
    """A group that is there already would fail the apply."""
    assert ["aws_cloudwatch_log_group.container_insights"] == standalone.depends_on(CLUSTER)


def test_the_key_takes_what_container_insights_writes(staging):
    """The group's name is among those that the key's policy lets CloudWatch Logs encrypt."""
    name = "/aws/ecs/containerinsights/notifications-staging/performance"
    assert staging.one("aws_cloudwatch_log_group", name=name)
    patterns = [
        pattern
        for one in json.loads(staging.one("aws_kms_key")["policy"])["Statement"]
        if one["Sid"] == "EncryptLogs"
        for pattern in one["Condition"]["ArnLike"]["kms:EncryptionContext:aws:logs:arn"]
    ]
    group = f"arn:aws:logs:eu-central-1:123456789012:log-group:{name}"
    assert [pattern for pattern in patterns if fnmatchcase(group, pattern)]
