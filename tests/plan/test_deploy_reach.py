"""What a deploy role may make is what the system is made of, by name."""

from fnmatch import fnmatchcase

import pytest

from tests.plan.access import granted, policies
from tests.plan.resource_arns import arns_of_type

# Type of resource, and the action that makes one.
MADE = [
    ("cloudwatch:alarm", "cloudwatch:PutMetricAlarm"),
    ("cloudwatch:alarm", "cloudwatch:TagResource"),
    ("cloudwatch:dashboard", "cloudwatch:PutDashboard"),
    ("dynamodb:table", "dynamodb:CreateTable"),
    ("ecr:repository", "ecr:CreateRepository"),
    ("ecs:cluster", "ecs:CreateCluster"),
    ("ecs:service", "ecs:CreateService"),
    ("ecs:task-definition", "ecs:RegisterTaskDefinition"),
    ("elasticloadbalancing:loadbalancer/app/", "elasticloadbalancing:CreateLoadBalancer"),
    ("elasticloadbalancing:targetgroup", "elasticloadbalancing:CreateTargetGroup"),
    ("iam:role", "iam:CreateRole"),
    ("logs:log-group", "logs:CreateLogGroup"),
    ("s3:bucket", "s3:CreateBucket"),
    ("secretsmanager:Secret", "secretsmanager:CreateSecret"),
    ("ses:configuration-set", "ses:CreateConfigurationSet"),
    ("sns:topic", "sns:CreateTopic"),
    ("sqs:queue", "sqs:CreateQueue"),
    ("ssm:parameter", "ssm:PutParameter"),
]


@pytest.mark.parametrize(("kind", "action"), MADE)
def test_a_deployment_may_make_what_the_system_is_made_of(bootstrap, staging, kind, action):
    """Each name is within a pattern that the role has for the action, so that no apply stops halfway."""
    patterns = {
        pattern
        for statement in granted(bootstrap, "staging").values()
        if "Allow" == statement["Effect"] and action in statement["Action"]
        for pattern in statement["Resource"]
    }
    wanted = arns_of_type(staging, kind)
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
