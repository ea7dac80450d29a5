import json

import pytest

from tests.plan.module_view import references, resources_of

LOG_GROUP = "arn:aws:logs:eu-central-1:123456789012:log-group:/vpc/mail/flow-logs"
FLOW_LOG = "module.network.aws_flow_log.vpc"


@pytest.fixture
def flow_log(standalone):
    """The VPC's flow log."""
    return resources_of(standalone, "network", "aws_flow_log")["vpc"]


@pytest.fixture
def role(standalone):
    """What the flow log writes with."""
    return resources_of(standalone, "network", "aws_iam_role")["flow_logs"]


def test_all_traffic_is_recorded(flow_log):
    """What was refused is half of what an investigation asks for, what was accepted the other."""
    assert "ALL" == flow_log["traffic_type"]
    assert "cloud-watch-logs" == flow_log["log_destination_type"]
    assert LOG_GROUP == flow_log["log_destination"]


def test_the_whole_vpc_is_recorded(standalone):
    """Not a subnet and not an interface of it."""
    written = standalone.written(FLOW_LOG)
    assert ["aws_vpc.this.id"] == references(written["vpc_id"])
    assert {
        "iam_role_arn",
        "log_destination",
        "log_destination_type",
        "tags",
        "traffic_type",
        "vpc_id",
    } == set(written)


def test_records_are_written_with_a_role_of_their_own(standalone, offline):
    """Log group and permission are there before the first record comes."""
    assert {"module.network.aws_iam_role.flow_logs"} == standalone.sources(FLOW_LOG, "iam_role_arn")
    assert ["aws_iam_role_policy.flow_logs"] == standalone.depends_on(FLOW_LOG)
    assert "log-group:${aws_cloudwatch_log_group.flow_logs.name}" in offline.source(
        "modules/network/flow-logs.tf"
    )


def test_records_are_encrypted_and_expire(standalone):
    """Addresses of users are not kept for ever, nor in the clear."""
    group = resources_of(standalone, "network", "aws_cloudwatch_log_group")["flow_logs"]
    assert "/vpc/mail/flow-logs" == group["name"]
    assert 30 == group["retention_in_days"]
    assert group["kms_key_id"].startswith("arn:aws:kms:eu-central-1:123456789012:key/")
    edge = resources_of(standalone, "network_edge", "aws_cloudwatch_log_group")["flow_logs"]
    assert (3653, "1") == (edge["retention_in_days"], edge["kms_key_id"].split("/")[1])


def test_the_systems_flow_logs_are_encrypted_and_expire(staging, production):
    """They have the system's key, and are kept as long as its other logs."""
    key = staging.configuration["module_calls"]["network"]["expressions"]["kms_key_arn"]
    assert ["module.encryption.key_arn"] == references(key)
    days = [
        resources_of(plan, "network", "aws_cloudwatch_log_group")["flow_logs"]["retention_in_days"]
        for plan in (staging, production)
    ]
    assert [30, 3653] == days


def test_flow_logs_of_this_account_alone_take_the_role(role):
    """No other service, and no other account through the same service, writes with it."""
    assert "mail-flow-logs" == role["name"]
    assert [
        {
            "Effect": "Allow",
            "Principal": {"Service": "vpc-flow-logs.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {
                "StringEquals": {"aws:SourceAccount": "123456789012"},
                "ArnLike": {"aws:SourceArn": "arn:aws:ec2:eu-central-1:123456789012:vpc-flow-log/*"},
            },
        }
    ] == json.loads(role["assume_role_policy"])["Statement"]


def test_the_role_writes_into_its_own_log_group_alone(standalone, role):
    """It reaches no service's logs."""
    assert (
        "write-flow-logs" == resources_of(standalone, "network", "aws_iam_role_policy")["flow_logs"]["name"]
    )
    statements = standalone.policy_statements(role["name"])
    assert {"FindLogGroup", "WriteFlowLogs"} == set(statements)
    assert {"logs:DescribeLogGroups"} == statements["FindLogGroup"].actions
    assert "Allow" == statements["WriteFlowLogs"].effect
    assert statements["WriteFlowLogs"].resources == {f"{LOG_GROUP}:*"}
    assert {
        "logs:CreateLogStream",
        "logs:DescribeLogStreams",
        "logs:PutLogEvents",
    } == statements["WriteFlowLogs"].actions
