from datetime import UTC, datetime, timedelta

import pytest

from stage.commands.running import Running
from stage.host.record import own_record

from .conftest import CLUSTER, access, start_tasks


def put_cpu(aws, at, value):
    """A datapoint of the service's CPU utilization."""
    names = {"ClusterName": CLUSTER, "ServiceName": "api"}
    aws.cloudwatch.put_metric_data(
        Namespace="AWS/ECS",
        MetricData=[
            {
                "MetricName": "CPUUtilization",
                "Dimensions": [{"Name": name, "Value": value} for name, value in names.items()],
                "Timestamp": at,
                "Value": value,
            }
        ],
    )


def test_services_have_their_counts_and_their_newest_cpu(aws, up, told):
    """Counts are those of ECS, CPU is CloudWatch's newest datapoint at the stage's own AWS time."""
    start_tasks(aws, 1)
    up(aws_time_unix=datetime.now(UTC).timestamp())
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    put_cpu(aws, noon - timedelta(minutes=2), 20.0)
    put_cpu(aws, noon - timedelta(minutes=1), 71.5)
    put_cpu(aws, noon - timedelta(hours=2), 99.0)

    (service,) = told("status")["services"]

    assert {"name": "api", "desired": 2, "cpu_percent": 71.5} == {
        name: service[name] for name in ("name", "desired", "cpu_percent")
    }


def test_an_old_datapoint_is_none(aws, up, told):
    """What was an hour ago says nothing of now."""
    up(aws_time_unix=datetime.now(UTC).timestamp())
    put_cpu(aws, datetime(2026, 3, 1, 11, tzinfo=UTC), 99.0)

    (service,) = told("status")["services"]

    assert service["cpu_percent"] is None


def test_queues_have_their_depths(aws, up, told):
    """Visible messages, and those in flight."""
    url = aws.sqs.create_queue(QueueName="mail")["QueueUrl"]
    for body in ("one", "two", "three"):
        aws.sqs.send_message(QueueUrl=url, MessageBody=body)
    aws.sqs.receive_message(QueueUrl=url)

    assert [{"name": "mail", "visible": 2, "in_flight": 1}] == told("status")["queues"]


def test_it_says_where_things_are_and_never_the_key(aws, up, call, folder):
    """The key stays in its file, for its owner alone."""
    key_file = folder / "api-key"
    key_file.write_text("stage.secret")
    up(key_file=str(key_file))

    said = call("status", "--json")

    assert str(key_file) in said.out
    assert "stage.secret" not in said.out


@pytest.mark.parametrize(
    ("copy", "line"),
    [
        ("/run/terraform", "terraform: /run/terraform"),
        (None, "terraform: a plan still proves what was restored"),
    ],
)
def test_it_says_where_terraform_can_be_run(aws, up, call, told, copy, line):
    """Once nobody else plans there any more."""
    up(terraform=copy)

    assert copy == told("status")["terraform"]
    assert line == call("status").out.splitlines()[1]


def test_a_pipe_gets_lines_without_boxes(aws, up, call):
    """What is read by a program or kept in a file has no frames, no colours and no cut lines."""
    up(url="http://127.0.0.1:" + "8" * 200)

    lines = call("status").out.splitlines()

    assert "stage is up: http://127.0.0.1:" + "8" * 200 == lines[0]
    assert ["api", "2", "0", "0", "-", "in", "progress"] == lines[4].split()
    assert not [line for line in lines if "│" in line or "\x1b" in line]


def test_aws_time_goes_at_the_stages_pace():
    """An AWS minute takes as many real seconds as the stage has published."""
    began = datetime.now(UTC).timestamp() - 60
    stage = Running(own_record("default"), access(minute_seconds=2.0, aws_time_unix=began))

    passed = stage.now() - datetime(2026, 3, 1, 12, tzinfo=UTC)

    assert timedelta(minutes=30) <= passed < timedelta(minutes=60)
