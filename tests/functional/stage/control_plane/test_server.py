import os
import signal
import socket
import subprocess
import sys
import textwrap
from datetime import UTC, datetime

import psutil
import pytest

from stage.control_plane.aws import Aws
from stage.control_plane.reports import Reporter
from stage.control_plane.server import ControlPlane
from stage.errors import StageError
from tests.waiting import START, eventually


def free_port():
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def control_plane(tmp_path_factory):
    """The real program."""
    server = ControlPlane("127.0.0.1", free_port(), tmp_path_factory.mktemp("logs") / "control-plane.log")
    server.start()
    yield server
    server.stop()


def test_the_program_answers_boto3(control_plane):
    """A message goes through SQS and an event into ECS, all over HTTP."""
    aws = Aws(control_plane.endpoint_url, control_plane.endpoint_url)
    queue = aws.sqs.create_queue(QueueName="mail")["QueueUrl"]
    aws.sqs.send_message_batch(QueueUrl=queue, Entries=[{"Id": "1", "MessageBody": "hello"}])
    (message,) = aws.sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=1)["Messages"]
    aws.ecs.create_cluster(clusterName="main")
    aws.ecs.register_task_definition(
        family="api", containerDefinitions=[{"name": "api", "image": "api", "memory": 1}]
    )
    aws.ecs.create_service(cluster="main", serviceName="api", taskDefinition="api", desiredCount=1)

    Reporter(control_plane.endpoint_url).service_event("main", "api", "has started", datetime.now(UTC))

    (service,) = aws.ecs.describe_services(cluster="main", services=["api"])["services"]
    assert "hello" == message["Body"]
    assert queue.startswith(control_plane.endpoint_url)
    assert "has started" == service["events"][0]["message"]


def test_a_stopped_program_is_gone(tmp_path):
    """After stop nobody listens and no process is left."""
    server = ControlPlane("127.0.0.1", free_port(), tmp_path / "log")
    server.start()
    pid = server.pid

    server.stop()

    assert not psutil.pid_exists(pid)
    with pytest.raises(StageError, match="not running"):
        _ = server.pid


def test_a_taken_port_is_told_with_the_log_to_read(control_plane, tmp_path):
    """The message names the log of what went wrong."""
    port = int(control_plane.endpoint_url.rsplit(":", 1)[-1])
    second = ControlPlane("127.0.0.1", port, tmp_path / "second.log")

    with pytest.raises(StageError, match=r"second\.log"):
        second.start()


def test_the_program_does_not_outlive_the_one_that_started_it(tmp_path):
    """Even a parent that is killed takes it along."""
    program = textwrap.dedent(
        f"""
        import sys
        from pathlib import Path
        from stage.control_plane.server import ControlPlane
        server = ControlPlane("127.0.0.1", {free_port()}, Path({str(tmp_path / "log")!r}))
        server.start()
        print(server.pid, flush=True)
        sys.stdin.read()
        """
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        pid = int(parent.stdout.readline())
        os.kill(parent.pid, signal.SIGKILL)
        parent.wait()

        eventually(lambda: not psutil.pid_exists(pid), START)
