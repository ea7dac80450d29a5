"""What a deploy role may make is what the system is made of, by name."""

from fnmatch import fnmatchcase

import pytest

from tests.plan.access import granted, policies
from tests.plan.account import ACCOUNT_ID

HERE = f"eu-central-1:{ACCOUNT_ID}"
# Action that makes a resource, and its ARN from the plan's arguments, by the type of resource.
MADE = {
    "aws_cloudwatch_composite_alarm": (
        "cloudwatch:TagResource",
        f"arn:aws:cloudwatch:{HERE}:alarm:{{alarm_name}}",
    ),
    "aws_cloudwatch_dashboard": (
        "cloudwatch:PutDashboard",
        f"arn:aws:cloudwatch::{ACCOUNT_ID}:dashboard/{{dashboard_name}}",
    ),
    "aws_cloudwatch_log_group": ("logs:CreateLogGroup", f"arn:aws:logs:{HERE}:log-group:{{name}}"),
    "aws_cloudwatch_metric_alarm": (
        "cloudwatch:PutMetricAlarm",
        f"arn:aws:cloudwatch:{HERE}:alarm:{{alarm_name}}",
    ),
    "aws_dynamodb_table": ("dynamodb:CreateTable", f"arn:aws:dynamodb:{HERE}:table/{{name}}"),
    "aws_ecr_repository": ("ecr:CreateRepository", f"arn:aws:ecr:{HERE}:repository/{{name}}"),
    "aws_ecs_cluster": ("ecs:CreateCluster", f"arn:aws:ecs:{HERE}:cluster/{{name}}"),
    "aws_ecs_task_definition": (
        "ecs:RegisterTaskDefinition",
        f"arn:aws:ecs:{HERE}:task-definition/{{family}}:1",
    ),
    "aws_iam_role": ("iam:CreateRole", f"arn:aws:iam::{ACCOUNT_ID}:role/{{name}}"),
    "aws_lb": (
        "elasticloadbalancing:CreateLoadBalancer",
        f"arn:aws:elasticloadbalancing:{HERE}:loadbalancer/app/{{name}}/0123456789abcdef",
    ),
    "aws_lb_target_group": (
        "elasticloadbalancing:CreateTargetGroup",
        f"arn:aws:elasticloadbalancing:{HERE}:targetgroup/{{name}}/0123456789abcdef",
    ),
    "aws_s3_bucket": ("s3:CreateBucket", "arn:aws:s3:::{bucket}"),
    "aws_secretsmanager_secret": (
        "secretsmanager:CreateSecret",
        f"arn:aws:secretsmanager:{HERE}:secret:{{name}}-AbCdEf",
    ),
    "aws_sesv2_configuration_set": (
        "ses:CreateConfigurationSet",
        f"arn:aws:ses:{HERE}:configuration-set/{{configuration_set_name}}",
    ),
    "aws_sns_topic": ("sns:CreateTopic", f"arn:aws:sns:{HERE}:{{name}}"),
    "aws_sqs_queue": ("sqs:CreateQueue", f"arn:aws:sqs:{HERE}:{{name}}"),
    "aws_ssm_parameter": ("ssm:PutParameter", f"arn:aws:ssm:{HERE}:parameter{{name}}"),
}


@pytest.mark.parametrize("kind", MADE)
def test_a_deployment_may_make_what_the_system_is_made_of(bootstrap, staging, kind):
    """Each name is within a pattern that the role has for the action, so that no apply stops halfway."""
    action, arn = MADE[kind]
    patterns = {
        pattern
        for statement in granted(bootstrap, "staging").values()
        if "Allow" == statement["Effect"] and action in statement["Action"]
        for pattern in statement["Resource"]
    }
    wanted = {arn.format(**values) for values in staging.all(kind).values()}
    assert wanted
    assert set() == {one for one in wanted if not any(fnmatchcase(one, pattern) for pattern in patterns)}


@pytest.mark.parametrize("name", ["deploy", "read"])
def test_no_arn_stands_in_another(bootstrap, name):
    """Such a pattern is of the right form and matches nothing."""
    resources = {
        resource
        for statements in policies(bootstrap, name).values()
        for statement in statements.values()
        for resource in statement.get("Resource", [])
    }
    assert resources
    assert set() == {resource for resource in resources if resource.count("arn:") > 1}
