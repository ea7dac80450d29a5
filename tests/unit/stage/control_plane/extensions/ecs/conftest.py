import pytest


class Cluster:
    """A cluster with a network, a task definition, and shorthands for what tests do all the time."""

    name = "main"

    def __init__(self, client):
        self.ecs = client("ecs")
        self.ec2 = client("ec2")
        self.arn = self.ecs.create_cluster(clusterName=self.name)["cluster"]["clusterArn"]
        vpc = self.ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
        self.subnets = [
            self.ec2.create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZone=zone)["Subnet"]["SubnetId"]
            for cidr, zone in (("10.20.1.0/28", "eu-central-1a"), ("10.20.2.0/28", "eu-central-1b"))
        ]
        group = self.ec2.create_security_group(GroupName="tasks", Description="tasks", VpcId=vpc)["GroupId"]
        self.network = {
            "awsvpcConfiguration": {
                "subnets": self.subnets,
                "securityGroups": [group],
                "assignPublicIp": "DISABLED",
            }
        }
        self.definition = self.register()

    def register(self, image="api:1", family="api"):
        """Register a task definition; returns its ARN."""
        answer = self.ecs.register_task_definition(
            family=family,
            networkMode="awsvpc",
            requiresCompatibilities=["FARGATE"],
            cpu="256",
            memory="512",
            containerDefinitions=[{"name": "api", "image": image, "essential": True}],
        )
        return answer["taskDefinition"]["taskDefinitionArn"]

    def create_service(self, name="api", **fields):
        """Create a service of two tasks, or as told."""
        defaults = {
            "cluster": self.name,
            "serviceName": name,
            "taskDefinition": self.definition,
            "desiredCount": 2,
            "launchType": "FARGATE",
            "networkConfiguration": self.network,
        }
        return self.ecs.create_service(**(defaults | fields))["service"]

    def service(self, name="api"):
        """Describe a service."""
        return self.ecs.describe_services(cluster=self.name, services=[name])["services"][0]

    def run(self, service="api", deployment=None, **fields):
        """Run a task of a service; returns its ARN."""
        defaults = {
            "cluster": self.name,
            "taskDefinition": self.definition,
            "group": f"service:{service}",
            "launchType": "FARGATE",
            "networkConfiguration": self.network,
        }
        if deployment:
            defaults["startedBy"] = deployment["id"]
        return self.ecs.run_task(**(defaults | fields))["tasks"][0]["taskArn"]

    def report(self, task, *statuses, **fields):
        """Report states of a task one after the other, as its agent."""
        for status in statuses:
            self.ecs.submit_task_state_change(cluster=self.name, task=task, status=status, **fields)

    def task(self, arn):
        """Describe a task."""
        return self.ecs.describe_tasks(cluster=self.name, tasks=[arn])["tasks"][0]

    def listed(self, **filters):
        """List the ARNs of tasks."""
        return self.ecs.list_tasks(cluster=self.name, **filters)["taskArns"]


@pytest.fixture
def cluster(client):
    """An ECS cluster that can run Fargate tasks."""
    return Cluster(client)
