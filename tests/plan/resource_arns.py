"""ARNs of what a plan declares, in the form that AWS's reference has for them, with the planned names."""

from collections.abc import Iterator, Mapping

from stage.authorization.reference import arn
from tests.plan.account import ACCOUNT_ID
from tests.plan.view import Plan

# AWS numbers these itself; any number will do.
_NUMBER = "0123456789abcdef"
# Type of resource in Terraform, in AWS's reference, and what its ARN is filled in with: attributes in braces,
# the name of the cluster, and the name without the slash that it begins with.
_ROWS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("aws_appautoscaling_target", "application-autoscaling:ScalableTarget", {"ResourceId": _NUMBER}),
    ("aws_cloudwatch_composite_alarm", "cloudwatch:alarm", {"AlarmName": "{alarm_name}"}),
    ("aws_cloudwatch_dashboard", "cloudwatch:dashboard", {"DashboardName": "{dashboard_name}"}),
    ("aws_cloudwatch_log_group", "logs:log-group", {"LogGroupName": "{name}"}),
    (
        "aws_cloudwatch_log_group",
        "logs:log-stream",
        {"LogGroupName": "{name}", "LogStreamName": "a/b/" + _NUMBER},
    ),
    ("aws_cloudwatch_metric_alarm", "cloudwatch:alarm", {"AlarmName": "{alarm_name}"}),
    ("aws_dynamodb_table", "dynamodb:table", {"TableName": "{name}"}),
    ("aws_ecr_repository", "ecr:repository", {"RepositoryName": "{name}"}),
    ("aws_ecs_cluster", "ecs:cluster", {"ClusterName": "{name}"}),
    ("aws_ecs_cluster", "ecs:task", {"ClusterName": "{name}", "TaskId": _NUMBER}),
    ("aws_ecs_service", "ecs:service", {"ClusterName": "{cluster}", "ServiceName": "{name}"}),
    (
        "aws_ecs_task_definition",
        "ecs:task-definition",
        {"TaskDefinitionFamilyName": "{family}", "TaskDefinitionRevisionNumber": "1"},
    ),
    ("aws_iam_role", "iam:role", {"RoleNameWithPath": "{name}"}),
    ("aws_kms_key", "kms:key", {"KeyId": _NUMBER}),
    (
        "aws_lb",
        "elasticloadbalancing:loadbalancer/app/",
        {"LoadBalancerName": "{name}", "LoadBalancerId": _NUMBER},
    ),
    ("aws_lb", "wafv2:loadbalancer/app/", {"LoadBalancerName": "{name}", "LoadBalancerId": _NUMBER}),
    (
        "aws_lb_target_group",
        "elasticloadbalancing:targetgroup",
        {"TargetGroupName": "{name}", "TargetGroupId": _NUMBER},
    ),
    ("aws_s3_bucket", "s3:bucket", {"BucketName": "{bucket}"}),
    ("aws_secretsmanager_secret", "secretsmanager:Secret", {"SecretId": "{name}-AbCdEf"}),
    ("aws_service_discovery_service", "servicediscovery:service", {"ServiceId": _NUMBER}),
    (
        "aws_sesv2_configuration_set",
        "ses:configuration-set",
        {"ConfigurationSetName": "{configuration_set_name}"},
    ),
    ("aws_sesv2_email_identity", "ses:identity", {"IdentityName": "{email_identity}"}),
    ("aws_sns_topic", "sns:topic", {"TopicName": "{name}"}),
    ("aws_sqs_queue", "sqs:queue", {"QueueName": "{name}"}),
    ("aws_ssm_parameter", "ssm:parameter", {"ParameterNameWithoutLeadingSlash": "{path}"}),
)


def arns_of_type(plan: Plan, name: str) -> set[str]:
    """ARNs of all resources of a type, such as "sqs:queue"."""
    return {found for kind, of, parts in _ROWS if of == name for found in _arns(plan, kind, of, parts)}


def _arns(plan: Plan, kind: str, name: str, parts: Mapping[str, str]) -> Iterator[str]:
    where = {"Partition": "aws", "Region": plan.outputs["aws_region"], "Account": ACCOUNT_ID}
    for values in plan.all(kind).values():
        known = {
            **values,
            "cluster": plan.outputs["cluster_name"],
            "path": str(values.get("name")).lstrip("/"),
        }
        yield arn(name, where | {part: text.format(**known) for part, text in parts.items()})
