import json
from fnmatch import fnmatchcase

from tests.plan.view import only

CLUSTER = "module.cluster.aws_ecs_cluster.this"
PROVIDERS = "aws_ecs_cluster_capacity_providers.this"


def test_the_cluster_counts_tasks(known):
    """Container Insights is on."""
    cluster = known.one("aws_ecs_cluster", name="known")
    assert [{"name": "containerInsights", "value": "enabled"}] == cluster["setting"]


def test_the_cluster_offers_fargate_and_spot(known):
    """Services choose their share of each."""
    providers = known.one("aws_ecs_cluster_capacity_providers", cluster_name="known")
    assert ["FARGATE", "FARGATE_SPOT"] == providers["capacity_providers"]


def test_what_is_started_by_hand_does_not_run_on_spot(known):
    """Who names no strategy gets Fargate."""
    providers = known.one("aws_ecs_cluster_capacity_providers", cluster_name="known")
    default = only(providers["default_capacity_provider_strategy"])
    assert {"capacity_provider": "FARGATE", "base": 1, "weight": 100} == default


def test_the_capacity_providers_are_the_clusters_own(known):
    """They wait for the cluster and are gone before it."""
    assert {CLUSTER} == known.sources(f"module.cluster.{PROVIDERS}", "cluster_name")


def test_services_wait_for_the_capacity_providers(known):
    """ECS refuses a service whose providers the cluster does not know yet."""
    outputs = known.configuration["module_calls"]["cluster"]["module"]["outputs"]
    assert [PROVIDERS] == outputs["arn"]["depends_on"]


def test_the_cluster_is_put_out(known):
    """By ARN for services, by name for autoscaling and alarms."""
    outputs = known.configuration["module_calls"]["cluster"]["module"]["outputs"]
    assert "aws_ecs_cluster.this.arn" in outputs["arn"]["expression"]["references"]
    assert "aws_ecs_cluster.this.name" in outputs["name"]["expression"]["references"]


def test_what_container_insights_writes_is_kept_as_long_as_other_logs_and_with_the_key(known):
    """It would make the group itself, for ever and without the key."""
    group = known.one("aws_cloudwatch_log_group", name="/aws/ecs/containerinsights/known/performance")
    assert (30, "kms") == (group["retention_in_days"], group["kms_key_id"].split(":")[2])


def test_the_group_is_there_before_container_insights_writes(known):
    """A group that is there already would fail the apply."""
    assert ["aws_cloudwatch_log_group.container_insights"] == known.depends_on(CLUSTER)


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
