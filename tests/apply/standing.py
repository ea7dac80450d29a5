"""What stands in an account."""

from typing import Any

from common.pages import listed
from tests.apply.clients import Clients


def standing(aws: Clients) -> dict[str, list[Any]]:
    """What stands, by kind: names, or answers where they have more."""
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
        "roles": [role["RoleName"] for role in listed(aws("iam"), "list_roles", "Roles")],
        "tables": listed(aws("dynamodb"), "list_tables", "TableNames"),
        "topics": listed(aws("sns"), "list_topics", "Topics"),
        "vpcs": [vpc["VpcId"] for vpc in listed(aws("ec2"), "describe_vpcs", "Vpcs") if not vpc["IsDefault"]],
    }


def _active(ecs: Any, clusters: list[str]) -> list[str]:
    """Clusters that are still there: ECS goes on listing a deleted one for a while."""
    found = ecs.describe_clusters(clusters=clusters)["clusters"]
    return [cluster["clusterArn"] for cluster in found if cluster["status"] != "INACTIVE"]
