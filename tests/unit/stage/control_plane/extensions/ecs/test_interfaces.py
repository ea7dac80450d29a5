import ipaddress

import pytest
from botocore.exceptions import ClientError


def details(task):
    """Give the details of a task's interface by name."""
    return {detail["name"]: detail["value"] for detail in task["attachments"][0]["details"]}


def test_a_task_has_an_address_in_its_subnet(cluster):
    """The attachment names subnet, interface, and an address that the subnet may hand out."""
    task = cluster.task(cluster.run())

    interface = details(task)
    address = ipaddress.ip_address(interface["privateIPv4Address"])
    network = ipaddress.ip_network(
        {0: "10.20.1.0/28", 1: "10.20.2.0/28"}[cluster.subnets.index(interface["subnetId"])]
    )
    assert address in list(network)[4:-1]
    assert "ElasticNetworkInterface" == task["attachments"][0]["type"]
    assert str(address) == task["containers"][0]["networkInterfaces"][0]["privateIpv4Address"]


def test_the_interface_exists_in_ec2_while_the_task_does(cluster):
    """The interface appears with the task and goes when the task has stopped."""
    arn = cluster.run()
    interface = details(cluster.task(arn))["networkInterfaceId"]

    before = cluster.ec2.describe_network_interfaces(NetworkInterfaceIds=[interface])["NetworkInterfaces"]
    cluster.report(arn, "STOPPED")

    assert 1 == len(before)
    with pytest.raises(ClientError, match="does not exist"):
        cluster.ec2.describe_network_interfaces(NetworkInterfaceIds=[interface])
    assert "DELETED" == cluster.task(arn)["attachments"][0]["status"]


def test_a_services_tasks_are_spread_over_its_zones(cluster):
    """Of four tasks two are in each of two subnets."""
    tasks = [cluster.task(cluster.run()) for _ in range(4)]

    assert 2 == sum(details(task)["subnetId"] == cluster.subnets[0] for task in tasks)
    assert {"eu-central-1a", "eu-central-1b"} == {task["availabilityZone"] for task in tasks}


def test_an_address_is_not_handed_out_again_at_once(cluster):
    """A new task does not get the address that a stopped one has just given back."""
    network = {
        "awsvpcConfiguration": {**cluster.network["awsvpcConfiguration"], "subnets": cluster.subnets[:1]}
    }
    addresses = []
    for _ in range(11):
        arn = cluster.run(networkConfiguration=network)
        addresses.append(details(cluster.task(arn))["privateIPv4Address"])
        cluster.report(arn, "STOPPED")

    assert 11 == len(set(addresses))


def test_a_full_subnet_takes_no_more_tasks(cluster):
    """A /28 has eleven addresses for tasks."""
    network = {
        "awsvpcConfiguration": {**cluster.network["awsvpcConfiguration"], "subnets": cluster.subnets[:1]}
    }
    for _ in range(11):
        cluster.run(networkConfiguration=network)

    with pytest.raises(ClientError, match="no free address"):
        cluster.run(networkConfiguration=network)
