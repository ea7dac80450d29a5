"""Gaps of ECS."""

import ipaddress
from contextlib import suppress

from botocore.exceptions import ClientError

_CIDRS = ("10.20.1.0/24", "10.20.2.0/24")
_CLUSTER = {"cluster": "main"}


class _Ecs:
    """A cluster with a task definition and a network that plain moto can start tasks in as well."""

    def __init__(self, aws, *, host_names=True, memory=512):
        self.client = aws("ecs")
        self.ec2 = aws("ec2")
        vpc = self.ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
        self.ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": host_names})
        self.subnets = [
            self.ec2.create_subnet(VpcId=vpc, CidrBlock=cidr)["Subnet"]["SubnetId"] for cidr in _CIDRS
        ]
        group = self.ec2.create_security_group(GroupName="tasks", Description="tasks", VpcId=vpc)["GroupId"]
        self.network = {"awsvpcConfiguration": {"subnets": self.subnets, "securityGroups": [group]}}
        self.client.create_cluster(clusterName="main")
        container = {"name": "api", "image": "api", "essential": True}
        self.client.register_task_definition(
            family="api",
            networkMode="awsvpc",
            requiresCompatibilities=["FARGATE"],
            cpu="256",
            memory="512",
            containerDefinitions=[container | ({"memory": memory} if memory else {})],
        )

    def create(self, **fields):
        """Create a service."""
        told = {"launchType": "FARGATE", "networkConfiguration": self.network, "desiredCount": 2} | fields
        return self.client.create_service(**_CLUSTER, serviceName="api", taskDefinition="api", **told)

    def update(self, **fields):
        """Change the service."""
        self.client.update_service(**_CLUSTER, service="api", **fields)

    def service(self):
        """The service as it is described."""
        return self.client.describe_services(**_CLUSTER, services=["api"])["services"][0]

    def run(self, group="service:api", **fields):
        """A new task."""
        told = {"taskDefinition": "api", "launchType": "FARGATE", "networkConfiguration": self.network}
        return self.client.run_task(**_CLUSTER, group=group, **told, **fields)["tasks"][0]

    def status(self, task):
        """State of a task."""
        return self.client.describe_tasks(**_CLUSTER, tasks=[task["taskArn"]])["tasks"][0]["lastStatus"]


def _detail(task, name):
    return next(one["value"] for one in task["attachments"][0]["details"] if one["name"] == name)


def _is_refused(act, **request):
    try:
        act(**request)
    except ClientError:
        return True
    return False


def service_as_told(aws):
    """What a service was created with comes back."""
    ecs = _Ecs(aws)
    told = {"enableExecuteCommand": True, "deploymentConfiguration": {"maximumPercent": 150}}
    ecs.create(**told)
    service = ecs.service()
    return (True, 150) == (
        service["enableExecuteCommand"],
        service["deploymentConfiguration"]["maximumPercent"],
    )


def strategy_as_told(aws):
    """A capacity provider strategy comes back, and with it no launch type."""
    ecs = _Ecs(aws)
    strategy = [{"capacityProvider": "FARGATE_SPOT", "weight": 1, "base": 0}]
    ecs.client.create_service(
        **_CLUSTER,
        serviceName="api",
        taskDefinition="api",
        capacityProviderStrategy=strategy,
        networkConfiguration=ecs.network,
    )
    service = ecs.service()
    return (strategy, False) == (service["capacityProviderStrategy"], "launchType" in service)


def update_as_told(aws):
    """A change of the deployment configuration comes back, with what it did not name."""
    ecs = _Ecs(aws)
    ecs.create(deploymentConfiguration={"maximumPercent": 150, "minimumHealthyPercent": 50})
    ecs.update(deploymentConfiguration={"maximumPercent": 300})
    configuration = ecs.service()["deploymentConfiguration"]
    return (300, 50) == (configuration["maximumPercent"], configuration["minimumHealthyPercent"])


def name_taken(aws):
    """A service is not created a second time."""
    ecs = _Ecs(aws)
    ecs.create()
    return _is_refused(ecs.create)


def counts_of_tasks(aws):
    """Nothing runs of a service that no task was started for."""
    ecs = _Ecs(aws)
    ecs.create()
    ecs.update(desiredCount=5)
    service = ecs.service()
    return (5, 0, 0) == (service["desiredCount"], service["runningCount"], service["pendingCount"])


def earlier_deployment(aws):
    """It is there while it has tasks."""
    ecs = _Ecs(aws)
    (earlier,) = ecs.create()["service"]["deployments"]
    ecs.run(startedBy=earlier["id"])
    ecs.update(forceNewDeployment=True)
    return ["PRIMARY", "ACTIVE"] == [one["status"] for one in ecs.service()["deployments"]]


def change_that_deploys(aws):
    """Another platform version is a deployment, and another desired count is none."""
    ecs = _Ecs(aws)
    ids = [ecs.create()["service"]["deployments"][0]["id"]]
    for change in ({"desiredCount": 3}, {"platformVersion": "1.4.0"}):
        ecs.update(**change)
        ids.append(ecs.service()["deployments"][0]["id"])
    return ids[0] == ids[1] != ids[2]


def deleted_service(aws):
    """It is not listed."""
    ecs = _Ecs(aws)
    ecs.create()
    ecs.client.delete_service(**_CLUSTER, service="api", force=True)
    return [] == ecs.client.list_services(**_CLUSTER)["serviceArns"]


def deleted_service_updated(aws):
    """It cannot be changed."""
    ecs = _Ecs(aws)
    ecs.create()
    ecs.client.delete_service(**_CLUSTER, service="api", force=True)
    return _is_refused(ecs.update, desiredCount=1)


def without_execution_role(aws):
    """A task definition with secrets says with which role they are read."""
    secret = {"name": "KEY", "valueFrom": "arn:aws:ssm:eu-central-1:123456789012:parameter/key"}
    container = {"name": "api", "image": "api", "memory": 1, "secrets": [secret]}
    return _is_refused(aws("ecs").register_task_definition, family="api", containerDefinitions=[container])


def drains_before_it_goes(aws):
    """A service that was deleted is there until its tasks are stopping."""
    ecs = _Ecs(aws)
    ecs.create(desiredCount=1)
    ecs.run(startedBy=ecs.service()["deployments"][0]["id"])
    ecs.client.delete_service(**_CLUSTER, service="api", force=True)
    return "DRAINING" == ecs.service()["status"]


def without_host_names(aws):
    """A task is started in a VPC that gives no host names."""
    return "taskArn" in _Ecs(aws, host_names=False).run()


def without_container_memory(aws):
    """A task is started whose container has no memory of its own."""
    return "taskArn" in _Ecs(aws, memory=None).run()


def state_of_task(aws):
    """It is the same however often it is looked at."""
    ecs = _Ecs(aws)
    task = ecs.run()
    return 1 == len({ecs.status(task) for _ in range(4)})


def stop_asked_for(aws):
    """A task that is to be stopped has not stopped yet."""
    ecs = _Ecs(aws)
    stopped = ecs.client.stop_task(**_CLUSTER, task=ecs.run()["taskArn"])["task"]
    return "STOPPED" == stopped["desiredStatus"] != stopped["lastStatus"]


def reports_of_agents(aws):
    """What a task's agent says of it is its state."""
    ecs = _Ecs(aws)
    task = ecs.run()
    ecs.client.submit_task_state_change(**_CLUSTER, task=task["taskArn"], status="RUNNING")
    return "RUNNING" == ecs.status(task)


def tasks_of_service(aws):
    """They are listed without those of others."""
    ecs = _Ecs(aws)
    ecs.create()
    own = ecs.run()["taskArn"]
    ecs.run(group="family:api")
    return [own] == ecs.client.list_tasks(**_CLUSTER, serviceName="api")["taskArns"]


def missing_task(aws):
    """A task that is not there is described as a failure."""
    failures = _Ecs(aws).client.describe_tasks(**_CLUSTER, tasks=["lost"])["failures"]
    return ["MISSING"] == [failure["reason"] for failure in failures]


def address_in_subnet(aws):
    """A task has an address of its subnet."""
    ecs = _Ecs(aws)
    task = ecs.run()
    network = ipaddress.ip_network(_CIDRS[ecs.subnets.index(_detail(task, "subnetId"))])
    return ipaddress.ip_address(_detail(task, "privateIPv4Address")) in network


def spread_over_subnets(aws):
    """Two tasks of a service are in two subnets."""
    ecs = _Ecs(aws)
    return set(ecs.subnets) == {_detail(ecs.run(), "subnetId") for _ in range(2)}


def interface_released(aws):
    """A task that has stopped has no interface any more."""
    ecs = _Ecs(aws)
    task = ecs.run()
    interface = _detail(task, "networkInterfaceId")
    ecs.client.stop_task(**_CLUSTER, task=task["taskArn"])
    with suppress(NotImplementedError):
        ecs.client.submit_task_state_change(**_CLUSTER, task=task["taskArn"], status="STOPPED")
    return _is_refused(ecs.ec2.describe_network_interfaces, NetworkInterfaceIds=[interface])
