import pytest

from tests.plan.view import only


@pytest.fixture(params=["notification-api", "email-sender"])
def registration(request, staging):
    """Each service's entry in Cloud Map."""
    return staging.one("aws_service_discovery_service", name=request.param)


def test_the_namespace_is_private_to_the_vpc(staging):
    """Names resolve inside the VPC only."""
    namespace = "aws_service_discovery_private_dns_namespace"
    assert staging.one(namespace)["name"] == "notifications-staging.internal"
    assert staging.sources(f"module.discovery.{namespace}.this", "vpc") == {"module.network.aws_vpc.this"}


def test_tasks_are_found_by_address(registration):
    """A name answers with the addresses of several tasks, for ten seconds."""
    dns = only(registration["dns_config"])
    assert dns["routing_policy"] == "MULTIVALUE"
    assert only(dns["dns_records"]) == {"type": "A", "ttl": 10}


def test_ecs_reports_health(registration):
    """An unhealthy task leaves the name; Route 53 could not reach it to ask."""
    assert len(registration["health_check_custom_config"]) == 1
    assert registration["health_check_config"] == []


def test_each_service_registers_its_tasks(staging):
    """Tasks of both services are found through Cloud Map."""
    for module in ("notification_api", "email_sender"):
        service = f"module.{module}.aws_ecs_service.this"
        sources = staging.sources(service, "service_registries", "registry_arn")
        assert sources == {"module.discovery.aws_service_discovery_service.this"}


def test_outputs_name_the_services(staging):
    """Whoever reads the outputs knows each service's DNS name."""
    for service in ("notification-api", "email-sender"):
        output = staging.outputs[service.replace("-", "_")]
        assert output["discovery_name"] == f"{service}.notifications-staging.internal"
