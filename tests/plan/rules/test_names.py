"""Names fit into what AWS allows, with the longest name and environment that are accepted."""

import pytest

# Characters, by resource type and argument.
LIMITS = {
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
    ("aws_lb", "name"): 32,
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
    ("aws_lb_target_group", "name"): 32,
    # https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
    ("aws_iam_role", "name"): 64,
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html
    ("aws_sqs_queue", "name"): 80,
    # https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
    ("aws_dynamodb_table", "name"): 255,
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
    ("aws_s3_bucket", "bucket"): 63,
    # https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html
    ("aws_ecs_cluster", "name"): 255,
    # https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
    ("aws_ecr_repository", "name"): 256,
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    ("aws_cloudwatch_metric_alarm", "alarm_name"): 255,
    # https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
    ("aws_cloudwatch_log_group", "name"): 512,
    # https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html
    ("aws_sns_topic", "name"): 256,
    # https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html
    ("aws_kms_alias", "name"): 256,
    # https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_CreateConfigurationSet.html
    ("aws_sesv2_configuration_set", "configuration_set_name"): 64,
}


@pytest.mark.parametrize(("kind", "argument"), LIMITS)
def test_names_fit(edges, kind, argument):
    """No name is cut off or refused by AWS."""
    names = {one[argument] for one in edges.all(kind).values()}
    assert names
    assert set() == {name for name in names if not 1 <= len(name) <= LIMITS[kind, argument]}


def test_the_names_tried_are_the_longest(edges):
    """13 letters and "production"."""
    assert (13, "production") == (len(edges.variables["name"]), edges.variables["environment"])


@pytest.mark.parametrize("kind", ["aws_lb", "aws_lb_target_group", "aws_iam_role", "aws_sqs_queue"])
def test_names_begin_with_the_systems(cell, kind):
    """Two environments can share an account."""
    prefix = f"{cell.variables['name']}-{cell.variables['environment']}"
    names = {one["name"] for one in cell.all(kind).values()}
    assert names
    assert set() == {name for name in names if not name.startswith(prefix)}
