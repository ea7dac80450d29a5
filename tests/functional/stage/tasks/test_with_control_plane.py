"""The agent against the stage's own control plane, where ECS keeps what is reported."""

import os
import signal
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from stage.clock import Clock
from stage.control_plane.aws import Aws
from stage.control_plane.reports import Reporter
from stage.control_plane.server import ControlPlane
from stage.host.addresses import LoopbackBlock
from stage.tasks.loop import Agent
from tests.functional.stage.tasks.stand_ins import Journal, Observed, Quota, Routing
from tests.waiting import START, eventually


@dataclass
class Fleet:
    """A cluster with a task definition, and an agent that runs its tasks."""

    aws: Aws
    agent: Agent
    network: dict

    def launch(self, definition):
        """Have ECS provision a task and the agent see it."""
        arn = self.aws.ecs.run_task(
            cluster="demo",
            taskDefinition=definition,
            launchType="FARGATE",
            networkConfiguration=self.network,
        )["tasks"][0]["taskArn"]
        self.agent.observe(Observed(arn))
        return arn

    def describe(self, arn):
        """A task as ECS tells it."""
        return self.aws.ecs.describe_tasks(cluster="demo", tasks=[arn])["tasks"][0]

    def register(self, **container):
        """A task definition with this container; gives its ARN."""
        return self.aws.ecs.register_task_definition(
            family="demo",
            requiresCompatibilities=["FARGATE"],
            networkMode="awsvpc",
            cpu="256",
            memory="512",
            containerDefinitions=[{"name": "app", "image": "demo-app", **container}],
        )["taskDefinition"]["taskDefinitionArn"]


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
    agent = Agent(
        emulated_aws,
        Reporter(emulated_aws.endpoint_url),
        Clock(1.0, datetime.now(UTC)),
        block,
        Quota(Journal()),
        services_root=services_root,
        run_dir=tmp_path,
        cores_per_vcpu=0.2,
        routing=Routing(Journal()),
        ingested=lambda *_: None,
    )
    yield Fleet(emulated_aws, agent, network)
    agent.close()


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
