import logging

import pytest
from botocore.exceptions import ClientError

from stage.tasks.attachments import Attachments
from stage.tasks.model import Location

_LOCATION = Location("0a1b", "10.20.1.17", "demo-cluster", "demo", "eu-central-1a")


@pytest.fixture
def registry(aws):
    """ARN of a Cloud Map service."""
    aws.servicediscovery.create_http_namespace(Name="demo")
    namespace = aws.servicediscovery.list_namespaces()["Namespaces"][0]["Id"]
    return aws.servicediscovery.create_service(Name="web", NamespaceId=namespace)["Service"]["Arn"]


def attached(aws, *, groups=(), registries=()):
    """What a service with these target groups and registries does for its task."""
    service = {
        "serviceName": "web",
        "loadBalancers": [{"targetGroupArn": arn, "containerPort": 8080} for arn in groups],
        "serviceRegistries": [{"registryArn": arn, "containerPort": 8080} for arn in registries],
    }
    return Attachments(aws, service, _LOCATION)


def targets(aws, group):
    """Addresses and ports in a target group."""
    answer = aws.elbv2.describe_target_health(TargetGroupArn=group)
    return [(one["Target"]["Id"], one["Target"]["Port"]) for one in answer["TargetHealthDescriptions"]]


def instances(aws, registry):
    """Instances of a Cloud Map service."""
    return aws.servicediscovery.list_instances(ServiceId=registry.rpartition("/")[2])["Instances"]


def test_a_task_joins_its_target_group_by_address(aws, group):
    """Fargate tasks are targets of type ip, at their container port."""
    attached(aws, groups=[group]).register()

    assert [("10.20.1.17", 8080)] == targets(aws, group)


def test_a_task_joins_cloud_map_under_its_id(aws, registry):
    """The instance carries what ECS says about it."""
    attached(aws, registries=[registry]).register()

    (instance,) = instances(aws, registry)
    assert "0a1b" == instance["Id"]
    assert {
        "AWS_INSTANCE_IPV4": "10.20.1.17",
        "AWS_INSTANCE_PORT": "8080",
        "AVAILABILITY_ZONE": "eu-central-1a",
        "ECS_CLUSTER_NAME": "demo-cluster",
        "ECS_SERVICE_NAME": "web",
        "ECS_TASK_DEFINITION_FAMILY": "demo",
    } == instance["Attributes"]


def test_a_task_leaves_everywhere(aws, group, registry):
    """Deregistering undoes registering."""
    attachments = attached(aws, groups=[group], registries=[registry])
    attachments.register()

    attachments.deregister()

    assert ([], []) == (targets(aws, group), instances(aws, registry))


def test_a_destroyed_target_group_does_not_keep_a_task_from_leaving_the_rest(aws, group, registry, caplog):
    """On the way out, what is gone already is not even worth a warning."""
    caplog.set_level(logging.INFO, "stage")
    attachments = attached(aws, groups=[group], registries=[registry])
    attachments.register()
    aws.elbv2.delete_target_group(TargetGroupArn=group)

    attachments.deregister()

    assert [] == instances(aws, registry)
    assert 0.0 == attachments.deregistration_delay()
    assert {logging.INFO} == {
        one.levelno for one in caplog.records if "TargetGroupNotFound" in one.getMessage()
    }


def test_joining_a_missing_target_group_is_an_error(aws, group):
    """On the way in, it means the task cannot serve."""
    aws.elbv2.delete_target_group(TargetGroupArn=group)

    with pytest.raises(ClientError, match="TargetGroupNotFound"):
        attached(aws, groups=[group]).register()


def test_the_longest_deregistration_delay_counts(aws, group, make_group):
    """A task in two target groups waits for both; 300 s is the default."""
    other = make_group("other")

    assert 15.0 == attached(aws, groups=[group]).deregistration_delay()
    assert 300.0 == attached(aws, groups=[group, other]).deregistration_delay()


def test_a_task_outside_of_services_has_nothing_to_wait_for(aws):
    """No target group, no delay."""
    attachments = Attachments(aws, {}, _LOCATION)
    attachments.register()
    attachments.deregister()

    assert (False, 0.0) == (attachments.load_balanced, attachments.deregistration_delay())


def test_health_is_what_the_target_group_says(aws, group, monkeypatch):
    """Another target's health does not count, nor does any state but healthy."""
    attachments = attached(aws, groups=[group])
    attachments.register()

    def answer(port, state):
        one = {"Target": {"Id": "10.20.1.17", "Port": port}, "TargetHealth": {"State": state}}
        monkeypatch.setattr(
            aws.elbv2, "describe_target_health", lambda **_: {"TargetHealthDescriptions": [one]}
        )
        return attachments.healthy()

    assert [True, False, False] == [
        answer(8080, "healthy"),
        answer(8080, "initial"),
        answer(8081, "healthy"),
    ]
