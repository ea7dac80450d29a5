"""An account with a cluster in which the load generator's own tasks run, and nothing else."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import boto3

from stage.clock import Clock
from stage.control_plane.aws import Aws
from stage.control_plane.reports import Reporter
from stage.control_plane.server import ControlPlane
from stage.host.addresses import LoopbackBlock
from stage.images.working_tree import WorkingTree
from stage.scheduler.loop import Scheduler
from stage.tasks.credentials_endpoint import CredentialsEndpoint
from stage.tasks.loop import Agent
from tests.functional.stage.tasks.stand_ins import Images, Journal, Quota, Routing
from verify.load_tasks import LoadGenerator

ROOT = Path(__file__).resolve().parents[3]
KEY = "load.0123456789"
_CLUSTER, _LOGS, _CONTROL, _SECRET = "demo", "/ecs/demo/load-generator", "/demo/control", "demo/key"

_ROLES = "arn:aws:iam::123456789012:role"
_AT = "eu-central-1:123456789012"
# What the module grants: nothing more is needed to start, to be told and to be heard.
_RIGHTS = {
    "load-execution": (
        ["logs:CreateLogStream", "logs:PutLogEvents"],
        f"arn:aws:logs:{_AT}:log-group:{_LOGS}:*",
    ),
    "load-master": (["ssm:GetParameters"], f"arn:aws:ssm:{_AT}:parameter{_CONTROL}"),
    "load-worker": (
        ["secretsmanager:GetSecretValue"],
        f"arn:aws:secretsmanager:{_AT}:secret:{_SECRET}-??????",
    ),
}


@dataclass
class LoadAccount:
    """The emulated AWS with a load generator that is declared as Terraform declares it.

    Attributes:
        folder: For what tasks write.
    """

    folder: Path
    block: LoopbackBlock = field(default_factory=LoopbackBlock)

    def __enter__(self):
        """Start the control plane, a scheduler and an agent."""
        self.control = ControlPlane(self.block.gateway, self.block.free_port(), self.folder / "plane.log")
        self.control.start()
        self.aws = Aws(self.control.endpoint_url, self.control.endpoint_url, "eu-central-1")
        self.generator = self._declare()
        reporter, clock = Reporter(self.control.endpoint_url), Clock(60.0, datetime.now(UTC))
        self._endpoint = CredentialsEndpoint(self.block.gateway, [reporter])
        self.agent = Agent(
            self.aws,
            reporter,
            clock,
            self.block,
            Quota(Journal()),
            images=Images(WorkingTree(ROOT / "services")),
            credentials=self._endpoint.credentials,
            run_dir=self.folder,
            cores_per_vcpu=0.4,
            routing=Routing(Journal()),
            ingested=lambda *_: None,
        )
        self.scheduler = Scheduler(self.aws, reporter, clock, self.agent)
        self.scheduler.start()
        return self

    def __exit__(self, *_error):
        """End everything."""
        self.scheduler.close()
        self.agent.close()
        self._endpoint.close()
        self.control.stop()
        self.block.release()

    def running(self):
        """Tasks whose processes are alive."""
        return [task.task_arn for task in self.agent.running()]

    def _declare(self):
        self.aws.ecs.create_cluster(clusterName=_CLUSTER)
        ec2, iam = self._client("ec2"), self._client("iam")
        for role, (actions, resource) in _RIGHTS.items():
            iam.create_role(RoleName=role, AssumeRolePolicyDocument="{}")
            statement = {"Effect": "Allow", "Action": actions, "Resource": resource}
            policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
            iam.put_role_policy(RoleName=role, PolicyName="work", PolicyDocument=policy)
        vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.20.1.0/24")["Subnet"]["SubnetId"]
        self.aws.logs.create_log_group(logGroupName=_LOGS)
        self.aws.ssm.put_parameter(Name=_CONTROL, Value=json.dumps({"ended": True}), Type="String")
        self.aws.secretsmanager.create_secret(Name=_SECRET, SecretString=KEY)
        return LoadGenerator(
            cluster=_CLUSTER,
            task_definitions={role: self._register(role) for role in ("master", "worker")},
            workers=2,
            container="load-generator",
            subnet_ids=[subnet],
            security_group_id="sg-1",
            log_group=_LOGS,
            stream_prefix="load",
            control_parameter=_CONTROL,
            key_secret=_SECRET,
        )

    def _client(self, service):
        return boto3.client(
            service,
            endpoint_url=self.aws.endpoint_url,
            region_name=self.aws.region,
            aws_access_key_id="stage",
            aws_secret_access_key="stage",
        )

    def _register(self, role):
        told = {"master": {"LOAD_CONTROL": _CONTROL}, "worker": {"LOAD_KEY_SECRET": _SECRET}}[role]
        environment = {"LOAD_ROLE": role, **told}
        options = {"awslogs-group": _LOGS, "awslogs-stream-prefix": "load"}
        return self.aws.ecs.register_task_definition(
            family=f"demo-load-generator-{role}",
            requiresCompatibilities=["FARGATE"],
            networkMode="awsvpc",
            cpu="1024",
            memory="2048",
            taskRoleArn=f"{_ROLES}/load-{role}",
            executionRoleArn=f"{_ROLES}/load-execution",
            containerDefinitions=[
                {
                    "name": "load-generator",
                    "image": "demo/load-generator:1",
                    "environment": [{"name": name, "value": value} for name, value in environment.items()],
                    "portMappings": [{"containerPort": 5557}] if role == "master" else [],
                    "stopTimeout": 60,
                    "logConfiguration": {"logDriver": "awslogs", "options": options},
                }
            ],
        )["taskDefinition"]["taskDefinitionArn"]
