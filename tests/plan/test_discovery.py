import pytest

from tests.plan.view import only

NAMESPACE = "aws_service_discovery_private_dns_namespace"
SERVICE = "aws_service_discovery_service"
NAMES = ["notification-api", "notification-api-canary", "email-sender", "email-sender-canary"]


@pytest.fixture(params=NAMES)
def registration(request, staging):
    """Each service's entry in Cloud Map."""
    return staging.one(SERVICE, name=request.param)


@pytest.fixture(params=NAMES)
def standalone_registration(request, standalone):
    """Each service's entry in Cloud Map, of the module by itself."""
    return standalone.all(SERVICE)[f'module.discovery.{SERVICE}.this["{request.param}"]']


def test_the_namespace_is_private_to_the_vpc(staging):
    """Names resolve inside the VPC only."""
    assert "notifications-staging.internal" == staging.one(NAMESPACE)["name"]
    assert {"module.network.aws_vpc.this"} == staging.sources(f"module.discovery.{NAMESPACE}.this", "vpc")


def test_the_namespace_takes_the_name_and_the_vpc_it_is_given(standalone):
    """Nobody else's VPC resolves the names."""
    namespace = standalone.all(NAMESPACE)[f"module.discovery.{NAMESPACE}.this"]
    assert ("standalone.internal", "vpc-1") == (namespace["name"], namespace["vpc"])


def test_the_shortest_and_the_longest_name_are_accepted(standalone):
    """A part of a DNS name has 1 to 63 characters."""
    edge = {one["name"] for address, one in standalone.all(SERVICE).items() if "discovery_edge" in address}
    assert {1, 63} == {len(name) for name in edge}


def test_tasks_are_found_by_address(standalone_registration):
    """A name answers with the addresses of several tasks, for ten seconds."""
    dns = only(standalone_registration["dns_config"])
    assert "MULTIVALUE" == dns["routing_policy"]
    assert {"type": "A", "ttl": 10} == only(dns["dns_records"])


def test_ecs_reports_health(standalone_registration):
    """An unhealthy task leaves the name; Route 53 could not reach it to ask."""
    assert [{"failure_threshold": 1}] == standalone_registration["health_check_custom_config"]
    assert [] == standalone_registration["health_check_config"]


def test_every_service_has_a_name(registration):
    """A canary has one too, so that who asks for a service by name meets the stable tasks alone."""
    assert "MULTIVALUE" == only(registration["dns_config"])["routing_policy"]


def test_nothing_else_has_a_name(staging, standalone):
    """Only what serves is found."""
    assert {one["name"] for one in staging.all(SERVICE).values()} == set(NAMES)
    mine = {one["name"] for address, one in standalone.all(SERVICE).items() if "module.discovery." in address}
    assert mine == set(NAMES)


def test_names_belong_to_the_private_namespace(standalone):
    """A name registered elsewhere would not resolve in the VPC."""
    sources = standalone.sources(f"module.discovery.{SERVICE}.this", "dns_config", "namespace_id")
    assert sources == {f"module.discovery.{NAMESPACE}.this"}


@pytest.mark.parametrize(
    "module", ["notification_api", "notification_api_canary", "email_sender", "email_sender_canary"]
)
def test_each_service_registers_its_tasks(staging, module):
    """Tasks of every service are found through Cloud Map, whatever the mesh."""
    service = f"module.{module}.aws_ecs_service.this"
    sources = staging.sources(service, "service_registries", "registry_arn")
    assert sources == {f"module.discovery.{SERVICE}.this"}


def test_outputs_name_the_services(staging):
    """Whoever reads the outputs knows each service's DNS name."""
    for service in ("notification-api", "email-sender"):
        output = staging.outputs[service.replace("-", "_")]
        assert output["discovery_name"] == f"{service}.notifications-staging.internal"


def test_the_module_puts_out_every_name(standalone):
    """A caller needs no knowledge of how names are made."""
    assert "standalone.internal" == standalone.outputs["discovery_namespace"]
    assert standalone.outputs["discovery_names"] == {name: f"{name}.standalone.internal" for name in NAMES}


def test_the_namespace_stands_before_it_is_named(standalone):
    """What asks for the namespace by name waits until it is there."""
    assert standalone.output_sources("discovery_namespace") == {f"module.discovery.{NAMESPACE}.this"}
