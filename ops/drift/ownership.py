"""Resources that are tagged or named as this environment's, and that no state owns."""

from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import ClientError

from common.pages import listed
from ops.drift.aws import Aws
from ops.drift.finding import NONE, PRESENT, Finding
from ops.drift.state import State

_BOOTSTRAP = "-bootstrap/"

# Service, operation, its answer's member, and the name of an item.
NAMES: tuple[tuple[str, str, str, Callable[[Any], str]], ...] = (
    ("logs", "describe_log_groups", "logGroups", lambda one: one["logGroupName"]),
    ("sqs", "list_queues", "QueueUrls", lambda one: one.rpartition("/")[2]),
    ("sns", "list_topics", "Topics", lambda one: one["TopicArn"].rpartition(":")[2]),
    ("secretsmanager", "list_secrets", "SecretList", lambda one: one["Name"]),
    ("ssm", "describe_parameters", "Parameters", lambda one: one["Name"]),
    ("dynamodb", "list_tables", "TableNames", str),
    ("ecr", "describe_repositories", "repositories", lambda one: one["repositoryName"]),
    ("kms", "list_aliases", "Aliases", lambda one: one["AliasName"]),
    ("iam", "list_roles", "Roles", lambda one: one["RoleName"] if _BOOTSTRAP not in one["Path"] else ""),
    (
        "iam",
        "list_policies",
        "Policies",
        lambda one: one["PolicyName"] if _BOOTSTRAP not in one["Path"] else "",
    ),
    ("cloudwatch", "describe_alarms", "MetricAlarms", lambda one: one["AlarmName"]),
    ("cloudwatch", "describe_alarms", "CompositeAlarms", lambda one: one["AlarmName"]),
    ("cloudwatch", "list_dashboards", "DashboardEntries", lambda one: one["DashboardName"]),
    ("elbv2", "describe_load_balancers", "LoadBalancers", lambda one: one["LoadBalancerName"]),
    ("elbv2", "describe_target_groups", "TargetGroups", lambda one: one["TargetGroupName"]),
    ("ecs", "list_clusters", "clusterArns", lambda one: one.rpartition("/")[2]),
    ("servicediscovery", "list_namespaces", "Namespaces", lambda one: one["Name"]),
    ("s3", "list_buckets", "Buckets", lambda one: one["Name"]),
    ("events", "list_rules", "Rules", lambda one: one["Name"]),
    ("scheduler", "list_schedules", "Schedules", lambda one: one["Name"]),
    ("pipes", "list_pipes", "Pipes", lambda one: one["Name"]),
)
_REQUESTS: dict[str, dict[str, Any]] = {
    # Without it CloudWatch leaves composite alarms out, and IAM tells a thousand policies of AWS's own.
    "describe_alarms": {"AlarmTypes": ["MetricAlarm", "CompositeAlarm"]},
    "list_policies": {"Scope": "Local"},
}
# Alarms of target tracking, which come and go with their policies.
_OF_SCALING = "TargetTracking-"


def named(aws: Aws, state: State, row: int) -> Iterator[Finding]:
    """Resources of a kind that are named as this environment's.

    Args:
        aws: Clients.
        state: What is owned.
        row: Number of the kind in `NAMES`.
    """
    service, operation, key, name_of = NAMES[row]
    for one in listed(aws(service), operation, key, **_REQUESTS.get(operation, {})):
        name = name_of(one)
        if state.names(name) and not name.startswith(_OF_SCALING) and not state.owns(name):
            yield Finding(f"{service}: {name}", "resource", NONE, PRESENT)


def configuration_sets(aws: Aws, state: State) -> Iterator[Finding]:
    """Configuration sets of SES, for whose pages boto3 has no paginator."""
    client, token = aws("sesv2"), ""
    while True:
        page = client.list_configuration_sets(**({"NextToken": token} if token else {}))
        for name in page.get("ConfigurationSets", []):
            if state.names(name) and not state.owns(name):
                yield Finding(f"sesv2: {name}", "resource", NONE, PRESENT)
        token = page.get("NextToken", "")
        if not token:
            return


def services(aws: Aws, state: State) -> Iterator[Finding]:
    """ECS services of the cluster."""
    for arn in listed(aws("ecs"), "list_services", "serviceArns", cluster=state.cluster):
        if not state.owns(arn):
            yield Finding(arn, "resource", NONE, PRESENT)


def tagged(aws: Aws, state: State) -> Iterator[Finding]:
    """Resources with all of our tags; the Tagging API also tells some that are gone already."""
    filters = [{"Key": name, "Values": [value]} for name, value in state.tags.items()]
    client = aws("resourcegroupstaggingapi")
    for one in listed(client, "get_resources", "ResourceTagMappingList", TagFilters=filters):
        arn = one["ResourceARN"]
        if not _owned(arn, state) and not _passing(arn, state) and _still_there(aws, arn, state):
            yield Finding(arn, "resource", NONE, f"{PRESENT}, and tagged as ours")


def _owned(arn: str, state: State) -> bool:
    """Whether the state has it, by its ARN or, as EC2's, by the id at its end."""
    if ":ecs:" in arn:
        # Each has its ARN in the state, and a name that another cluster's may have, too.
        return state.owns(arn)
    name = arn.split(":", 5)[-1]
    ends = (arn, name, name.rpartition("/")[2], name.partition("/")[2], name.rpartition(":")[2])
    return any(state.owns(one) for one in ends if one)


def _passing(arn: str, state: State) -> bool:
    """Whether it is made by what is declared: tasks, deployments, older revisions of task definitions."""
    _, _, _service, _, _, name = arn.split(":", 5)
    if ":ecs:" in arn:
        kind = name.partition("/")[0]
        families = {known["family"] for known in state.of("aws_ecs_task_definition")}
        if kind == "task-definition":
            # A canary's stay registered when it is gone (skip_destroy), and do nothing by themselves.
            family = name.partition("/")[2].rpartition(":")[0]
            return family.removesuffix("-canary") in families
        return kind in {"task", "service-deployment", "service-revision", "task-set", "container-instance"}
    return ":ec2:" in arn and name.startswith("network-interface/")


def _still_there(aws: Aws, arn: str, state: State) -> bool:
    """Whether AWS describes it yet; of a kind that is not known here, it is taken to be there.

    Resources that were deleted, such as those of a canary, stay tagged for a while
    (https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html).
    """
    name = arn.split(":", 5)[-1]
    last = name.rpartition("/")[2]
    looks: dict[str, Callable[[], Any]] = {
        ":ecs:service/": lambda: [
            one
            for one in aws("ecs").describe_services(cluster=state.cluster, services=[last])["services"]
            if one["status"] != "INACTIVE"
        ],
        # ECS keeps what is deregistered.
        ":ecs:task-definition/": lambda: (
            aws("ecs").describe_task_definition(taskDefinition=arn)["taskDefinition"]["status"] != "INACTIVE"
        ),
        ":ec2:security-group/": lambda: _ec2(aws, "describe_security_groups", GroupIds=[last]),
        ":ec2:security-group-rule/": lambda: _ec2(
            aws, "describe_security_group_rules", SecurityGroupRuleIds=[last]
        ),
        ":ec2:natgateway/": lambda: [
            one
            for one in listed(aws("ec2"), "describe_nat_gateways", "NatGateways", NatGatewayIds=[last])
            if one["State"] not in {"deleted", "deleting"}
        ],
        ":elasticloadbalancing:targetgroup/": lambda: listed(
            aws("elbv2"), "describe_target_groups", "TargetGroups", TargetGroupArns=[arn]
        ),
        ":elasticloadbalancing:listener-rule/": lambda: listed(
            aws("elbv2"), "describe_rules", "Rules", RuleArns=[arn]
        ),
        ":kms:key/": lambda: (
            aws("kms").describe_key(KeyId=last)["KeyMetadata"]["KeyState"] != "PendingDeletion"
        ),
        ":secretsmanager:secret:": lambda: (
            "DeletedDate" not in aws("secretsmanager").describe_secret(SecretId=arn)
        ),
        ":servicediscovery:service/": lambda: [aws("servicediscovery").get_service(Id=last)],
        ":application-autoscaling:scalable-target/": lambda: [
            one
            for one in listed(
                aws("application-autoscaling"),
                "describe_scalable_targets",
                "ScalableTargets",
                ServiceNamespace="ecs",
            )
            if one.get("ScalableTargetARN") == arn
        ],
        ":cloudwatch:alarm:": lambda: [
            one
            for kind in ("MetricAlarms", "CompositeAlarms")
            for one in listed(
                aws("cloudwatch"),
                "describe_alarms",
                kind,
                AlarmNames=[name.partition(":")[2]],
                AlarmTypes=["MetricAlarm", "CompositeAlarm"],
            )
        ],
    }
    service = arn.split(":")[2]
    if ":ecs:" in arn and name.startswith("service/") and not name.startswith(f"service/{state.cluster}/"):
        # Nothing of ours is in another cluster, and nobody may look there whether it has gone.
        return True
    look = next((look for begin, look in looks.items() if f":{service}:{name}".startswith(begin)), None)
    if look is None:
        return True
    try:
        return bool(look())
    except ClientError as error:
        code, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
        # ECS has no code of its own for a task definition that is not there.
        if "NotFound" in code or message.startswith("Unable to describe task definition"):
            return False
        raise


def _ec2(aws: Aws, operation: str, **request: list[str]) -> list[Any]:
    keys = {
        "describe_security_groups": "SecurityGroups",
        "describe_security_group_rules": "SecurityGroupRules",
    }
    return listed(aws("ec2"), operation, keys[operation], **request)
