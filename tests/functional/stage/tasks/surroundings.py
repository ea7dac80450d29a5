"""An agent with all that it meets, and the service that it runs."""

import json
from dataclasses import dataclass
from pathlib import Path

from stage.control_plane.aws import Aws
from stage.host.addresses import LoopbackBlock
from stage.tasks.loop import Agent
from tests.functional.stage.tasks.stand_ins import CLUSTER, Ecs, Journal, Observed
from tests.waiting import START, eventually

# Listens when told a port, ends as it is told, says what it found.
PROGRAM = r"""
import json, os, signal, socket, sys, time

print(json.dumps(dict(os.environ)), flush=True)
if os.environ.get("EXIT_CODE"):
    sys.exit(int(os.environ["EXIT_CODE"]))
if os.environ.get("ON_SIGTERM") == "ignore":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
else:
    signal.signal(signal.SIGTERM, lambda *_: (os.write(1, b"bye\n"), sys.exit(0)))
if os.environ.get("PORT"):
    listener = socket.create_server((os.environ["BIND_HOST"], int(os.environ["PORT"])))
print("ready", flush=True)
while True:
    time.sleep(60)
"""


@dataclass
class Surroundings:
    """An agent and all that it meets."""

    aws: Aws
    ecs: Ecs
    agent: Agent
    journal: Journal
    block: LoopbackBlock
    run_dir: Path
    services_root: Path
    _count: int = 0

    def declare(self, *, service=None, cpu="256", memory=None, roles=None, **container):
        """Set the task definition and the service that tasks belong to."""
        environment = container.pop("environment", {})
        self.ecs.definition = {
            "family": "demo",
            "cpu": cpu,
            "memory": memory,
            **(roles or {}),
            "containerDefinitions": [
                {
                    "name": "app",
                    "image": "123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop/demo-app:1",
                    "environment": [{"name": k, "value": v} for k, v in environment.items()],
                    **container,
                }
            ],
        }
        self.ecs.service.update(service or {})

    def provision(self):
        """What the scheduler's run_task leaves behind: a task with an address, not yet running."""
        self._count += 1
        arn = f"arn:aws:ecs:eu-central-1:123456789012:task/{CLUSTER}/{self._count:032x}"
        self.ecs.addresses[arn] = f"10.20.1.{16 + self._count}"
        return arn

    def address_of(self, arn):
        """The loopback address that stands for a task's."""
        return self.block.of(self.ecs.addresses[arn])

    def launch(self):
        """Have the agent see a new task."""
        arn = self.provision()
        self.agent.observe(Observed(arn))
        return arn

    def stop(self, arn):
        """Have the agent see that a task is to stop."""
        self.agent.observe(Observed(arn, "RUNNING", "STOPPED"))

    def output(self, arn):
        """Lines that a task has written."""
        log = self.run_dir / "logs" / f"web-{arn.rpartition('/')[2]}.log"
        return log.read_text().splitlines() if log.exists() else []

    def environment_of(self, arn):
        """The environment that a task found."""
        eventually(lambda: "ready" in self.output(arn), START)
        return json.loads(self.output(arn)[0])


@dataclass
class Fleet:
    """A cluster with a task definition, and an agent that runs its tasks."""

    aws: Aws
    agent: Agent
    network: dict

    def launch(self, definition, **request):
        """Have ECS provision a task without a service and the agent see it."""
        arn = self.aws.ecs.run_task(
            cluster="demo",
            taskDefinition=definition,
            launchType="FARGATE",
            networkConfiguration=self.network,
            **request,
        )["tasks"][0]["taskArn"]
        self.agent.observe(Observed(arn))
        return arn

    def describe(self, arn):
        """A task as ECS tells it."""
        return self.aws.ecs.describe_tasks(cluster="demo", tasks=[arn])["tasks"][0]

    def register(self, role="", **container):
        """A task definition with this container and task role; gives its ARN."""
        return self.aws.ecs.register_task_definition(
            family="demo",
            requiresCompatibilities=["FARGATE"],
            networkMode="awsvpc",
            cpu="256",
            memory="512",
            containerDefinitions=[{"name": "app", "image": "demo-app", **container}],
            **({"taskRoleArn": role} if role else {}),
        )["taskDefinition"]["taskDefinitionArn"]
