import re

import pytest

from tests.plan.view import only

CLUSTER = "arn:aws:ecs:eu-central-1:123456789012:cluster/standalone"
# Half of it is for the application, half for Service Connect's proxy.
SIZES = {"notification-api": (512, 1024), "email-sender": (512, 1024)}


@pytest.fixture
def plain(standalone):
    """A service with nothing beside its load balancer."""
    return standalone.service("plain")


def test_sizes(service):
    """Each task reserves what its work needs."""
    assert (service.cpu, service.memory) == SIZES[service.service["name"]]


def test_a_task_is_of_the_size_that_is_asked_for(standalone):
    """CPU units and MiB reach the task definition."""
    plain, full = standalone.service("plain"), standalone.service("full")
    assert [(256, 512), (512, 2048)] == [(one.cpu, one.memory) for one in (plain, full)]


def test_every_size_that_fargate_offers_is_accepted(standalone):
    """The ends and the first step of each row of Fargate's table of CPU units and MiB."""
    sizes = {(int(one["cpu"]), int(one["memory"])) for one in _sizes(standalone)}
    assert sizes == {
        *((256, memory) for memory in (512, 1024, 2048)),
        *((512, memory) for memory in (1024, 2048, 4096)),
        *((1024, memory) for memory in (2048, 3072, 8192)),
        *((2048, memory) for memory in (4096, 5120, 16384)),
        *((4096, memory) for memory in (8192, 9216, 30720)),
        *((8192, memory) for memory in (16384, 20480, 61440)),
        *((16384, memory) for memory in (32768, 40960, 122880)),
    }


def test_tasks_run_on_fargate(plain):
    """Each task has a network interface of its own."""
    assert ["FARGATE"] == plain.task["requires_compatibilities"]
    assert "awsvpc" == plain.task["network_mode"]


def test_tasks_run_on_the_processor_that_their_image_is_built_for(standalone):
    """A container of the other architecture would not start."""
    platforms = {name: only(standalone.service(name).task["runtime_platform"]) for name in ("plain", "full")}
    assert {
        "plain": {"operating_system_family": "LINUX", "cpu_architecture": "X86_64"},
        "full": {"operating_system_family": "LINUX", "cpu_architecture": "ARM64"},
    } == platforms


def test_both_services_run_on_the_images_processor(service):
    """Staging builds for x86."""
    assert "X86_64" == only(service.task["runtime_platform"])["cpu_architecture"]


def test_a_service_begins_with_the_tasks_that_are_asked_for(standalone):
    """It does not wait for autoscaling."""
    assert [2, 3] == [standalone.service(name).service["desired_count"] for name in ("plain", "full")]


def test_autoscaling_owns_the_desired_count(offline):
    """An apply does not scale back what autoscaling has scaled out."""
    text = offline.source("modules/service/service.tf")
    assert re.search(r"lifecycle \{\n(?: #[^\n]*\n)* ignore_changes = \[desired_count\]\n", text)


def test_grace_period(standalone):
    """The load balancer's first failures do not count; without one there are none."""
    periods = {
        name: standalone.service(name).service["health_check_grace_period_seconds"]
        for name in ("plain", "full")
    }
    assert {"plain": 60, "full": None} == periods


def test_a_service_stands_behind_its_load_balancer(standalone):
    """Tasks register with the given target group, by the port that the container listens on."""
    assert {
        "target_group_arn": "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/plain/1",
        "container_name": "plain",
        "container_port": 8080,
        "elb_name": "",
    } == only(standalone.service("plain").service["load_balancer"])
    assert [] == standalone.service("full").service["load_balancer"]


def test_a_service_is_found_by_its_name(standalone):
    """Tasks register with the given Cloud Map service."""
    registry = only(standalone.service("full").service["service_registries"])
    assert "arn:aws:servicediscovery:eu-central-1:123456789012:service/srv-1" == registry["registry_arn"]


def test_tasks_have_no_public_address(standalone):
    """They are in the private subnets."""
    network = standalone.service("plain").network
    assert ["subnet-1", "subnet-2"] == network["subnets"]
    assert network["assign_public_ip"] is False


def test_a_service_runs_its_own_task_definition(standalone):
    """Whatever revision this apply has made."""
    service = "module.service_plain.aws_ecs_service.this"
    task = "module.service_plain.aws_ecs_task_definition.this"
    assert standalone.sources(service, "task_definition") == {task}


@pytest.mark.parametrize("module", ["notification_api", "email_sender"])
def test_both_services_run_in_the_cluster(staging, module):
    """Services and cluster belong together."""
    sources = staging.sources(f"module.{module}.aws_ecs_service.this", "cluster")
    assert "module.cluster.aws_ecs_cluster.this" in sources


def test_names_are_unique_in_the_account(standalone):
    """Everything outside the cluster carries the system's name; the service needs none inside it."""
    plain = standalone.service("plain")
    assert ("plain", CLUSTER) == (plain.service["name"], plain.service["cluster"])
    assert "standalone-plain" == plain.task["family"]


def test_tags_follow_to_tasks(plain):
    """The bill names the service of each task."""
    assert "SERVICE" == plain.service["propagate_tags"]
    assert plain.service["enable_ecs_managed_tags"] is True


def test_what_a_service_is_called_is_put_out(offline):
    """Autoscaling waits for the service, and callers' rules for the group."""
    text = offline.source("modules/service/outputs.tf")
    assert "value = aws_ecs_service.this.name\n" in text
    assert "value = local.application_logs\n" in text
    assert "value = local.security_group_id\n" in text


def _sizes(standalone):
    tasks = standalone.all("aws_ecs_task_definition")
    return [task for address, task in tasks.items() if address.startswith("module.service_sizes[")]
