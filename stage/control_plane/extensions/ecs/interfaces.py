"""Elastic network interfaces of tasks."""

import ipaddress
from collections import Counter
from typing import Any

from moto.ec2.models import ec2_backends
from moto.ecs.exceptions import InvalidParameterException
from moto.moto_api._internal import mock_random

from stage.control_plane.extensions.ecs.state import EcsState, Task

# AWS keeps a subnet's first four addresses and its last
# (https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html).
_FIRST_HOST_NUMBER = 4
_KEPT_AT_THE_END = 1


def attach_interface(backend: Any, state: EcsState, task: Task, network: dict[str, Any]) -> None:
    """Give a task an interface in that of its subnets which has the fewest tasks of its group.

    Fargate spreads a service's tasks across Availability Zones in the same way
    (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-rebalancing.html).
    """
    configuration = network["awsvpcConfiguration"]
    ec2 = ec2_backends[backend.account_id][backend.region_name]
    subnet = ec2.get_subnet(_emptiest_subnet(state, task["group"], configuration["subnets"]))
    interface = ec2.create_network_interface(
        subnet,
        _next_address(ec2, state, subnet),
        group_ids=configuration.get("securityGroups"),
        description=f"{task['taskArn']}",
    )
    interface.status = "in-use"
    task["availabilityZone"] = subnet.availability_zone
    task["attachments"] = [
        {
            "id": str(mock_random.uuid4()),
            "type": "ElasticNetworkInterface",
            "status": "ATTACHED",
            "details": [
                {"name": "subnetId", "value": subnet.id},
                {"name": "networkInterfaceId", "value": interface.id},
                {"name": "macAddress", "value": interface.mac_address},
                {"name": "privateIPv4Address", "value": interface.private_ip_address},
            ],
        }
    ]


def release_interface(backend: Any, task: Task) -> None:
    """Delete a stopped task's interface; the task still tells which address it had."""
    ec2 = ec2_backends[backend.account_id][backend.region_name]
    for attachment in task["attachments"]:
        attachment["status"] = "DELETED"
        ec2.enis.pop(_detail(attachment, "networkInterfaceId"), None)


def address_of(task: Task) -> str:
    """The private IPv4 address that a task has, or had."""
    return _detail(task["attachments"][0], "privateIPv4Address")


def _detail(attachment: dict[str, Any], name: str) -> str:
    return next(str(detail["value"]) for detail in attachment["details"] if detail["name"] == name)


def _emptiest_subnet(state: EcsState, group: str, subnets: list[str]) -> str:
    taken = Counter(
        _detail(attachment, "subnetId")
        for task in state.tasks.values()
        if task["group"] == group and task["lastStatus"] != "STOPPED"
        for attachment in task["attachments"]
    )
    return min(subnets, key=lambda subnet: taken[subnet])


def _next_address(ec2: Any, state: EcsState, subnet: Any) -> str:
    """The next free address, in turn: one just given back is not handed out to the next task."""
    network = ipaddress.IPv4Network(subnet.cidr_block)
    hosts = network.num_addresses - _FIRST_HOST_NUMBER - _KEPT_AT_THE_END
    used = {interface.private_ip_address for interface in ec2.enis.values()}
    last = state.last_host_number.get(subnet.id, -1)
    for step in range(1, hosts + 1):
        number = (last + step) % hosts
        address = str(network[_FIRST_HOST_NUMBER + number])
        if address not in used:
            state.last_host_number[subnet.id] = number
            return address
    raise InvalidParameterException(f"Subnet {subnet.id} has no free address.")
