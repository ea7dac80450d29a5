"""The agent against the stage's own control plane, where ECS keeps what is reported."""

import os
import signal
from datetime import UTC, datetime

import pytest

from stage.clock import Clock
from stage.control_plane.aws import Aws
from stage.control_plane.reports import Reporter
from stage.control_plane.server import ControlPlane
from stage.host.addresses import LoopbackBlock
from stage.images.working_tree import WorkingTree
from stage.tasks.credentials_endpoint import CredentialsEndpoint
from stage.tasks.loop import Agent
from tests.functional.stage.tasks.stand_ins import Images, Journal, Observed, Quota, Routing
from tests.functional.stage.tasks.surroundings import Fleet
from tests.waiting import START, eventually


@pytest.fixture(scope="module")
def emulated_aws(tmp_path_factory):
    """The control plane in its own process, as the stage runs it."""
    block = LoopbackBlock()
    log = tmp_path_factory.mktemp("logs") / "control-plane.log"
    server = ControlPlane(block.gateway, block.free_port(), log)
    server.start()
    yield Aws(server.endpoint_url, server.endpoint_url, "eu-central-1")
    server.stop()
    block.release()


@pytest.fixture
def network(emulated_aws, ec2_of):
    """A subnet for tasks."""
    ec2 = ec2_of(emulated_aws)
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.20.1.0/24")["Subnet"]["SubnetId"]
    return {"awsvpcConfiguration": {"subnets": [subnet]}}


@pytest.fixture
def fleet(emulated_aws, network, block, services_root, tmp_path):
    """An empty cluster and its agent."""
    emulated_aws.ecs.create_cluster(clusterName="demo")
    reporter = Reporter(emulated_aws.endpoint_url)
    endpoint = CredentialsEndpoint(block.gateway, [reporter])
    agent = Agent(
        emulated_aws,
        reporter,
        Clock(1.0, datetime.now(UTC)),
        block,
        Quota(Journal()),
        images=Images(WorkingTree(services_root)),
        credentials=endpoint.credentials,
        run_dir=tmp_path,
        cores_per_vcpu=0.2,
        routing=Routing(Journal()),
        ingested=lambda *_: None,
    )
    yield Fleet(emulated_aws, agent, network)
    agent.close()
    endpoint.close()


def test_a_killed_task_is_an_exited_essential_container(fleet):
    """DescribeTasks tells 137 and EssentialContainerExited."""
    arn = fleet.launch(fleet.register())
    eventually(lambda: fleet.describe(arn)["lastStatus"] == "RUNNING", START)
    os.kill(fleet.agent.running()[0].pid, signal.SIGKILL)
    eventually(lambda: fleet.describe(arn)["lastStatus"] == "STOPPED", START)

    task = fleet.describe(arn)
    assert ("EssentialContainerExited", 137) == (task["stopCode"], task["containers"][0]["exitCode"])
    assert "Essential container in task exited" == task["stoppedReason"]


def test_a_stopped_task_keeps_the_reason_it_was_given(fleet):
    """StopTask's words stay; the exit code is the task's own."""
    arn = fleet.launch(fleet.register())
    eventually(lambda: fleet.describe(arn)["lastStatus"] == "RUNNING", START)
    fleet.aws.ecs.stop_task(cluster="demo", task=arn, reason="a drill")
    fleet.agent.observe(Observed(arn, "RUNNING", fleet.describe(arn)["desiredStatus"]))
    eventually(lambda: fleet.describe(arn)["lastStatus"] == "STOPPED", START)

    task = fleet.describe(arn)
    assert ("UserInitiated", "a drill") == (task["stopCode"], task["stoppedReason"])


def test_a_task_that_cannot_start_has_failed_to_start(fleet):
    """A missing image is TaskFailedToStart, with the reason."""
    arn = fleet.launch(fleet.register(image="shop/lost:1"))
    eventually(lambda: fleet.describe(arn)["lastStatus"] == "STOPPED", START)

    task = fleet.describe(arn)
    assert "TaskFailedToStart" == task["stopCode"]
    assert task["stoppedReason"].startswith("CannotPullContainerError: image shop/lost:1")


def test_container_health_reaches_the_task(fleet):
    """DescribeTasks tells what the health check found."""
    arn = fleet.launch(fleet.register(healthCheck={"command": ["CMD", "true"]}))

    eventually(lambda: fleet.describe(arn)["healthStatus"] == "HEALTHY", START)


@pytest.mark.parametrize("code", [0, 3])
def test_a_task_without_a_service_runs_as_it_is_told_and_is_not_started_again(fleet, code):
    """RunTask's variables reach its process; once that has ended, the task is STOPPED with its exit code."""
    definition = fleet.register(environment=[{"name": "EXIT_CODE", "value": "7"}])
    variables = [{"name": "EXIT_CODE", "value": str(code)}]
    overrides = {"containerOverrides": [{"name": "app", "environment": variables}]}

    arn = fleet.launch(definition, overrides=overrides, startedBy="verify")
    eventually(lambda: fleet.describe(arn)["lastStatus"] == "STOPPED", START)

    task = fleet.describe(arn)
    assert ("family:demo", "verify") == (task["group"], task["startedBy"])
    assert ("EssentialContainerExited", code) == (task["stopCode"], task["containers"][0]["exitCode"])
    assert overrides == task["overrides"]
    assert [] == fleet.agent.running()
