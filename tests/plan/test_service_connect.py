import pytest

from tests.plan.view import only

NAMESPACE = "arn:aws:servicediscovery:eu-central-1:123456789012:namespace/ns-1"
SIDES = ["connect-server", "connect-client"]


@pytest.fixture
def server(standalone):
    """What a called service tells Service Connect of itself."""
    configuration = only(standalone.service("connect-server").service["service_connect_configuration"])
    return only(configuration["service"])


@pytest.mark.parametrize("name", SIDES)
def test_both_sides_join_the_namespace(standalone, name):
    """Who calls and who is called are in one namespace."""
    configuration = only(standalone.service(name).service["service_connect_configuration"])
    assert (True, NAMESPACE) == (configuration["enabled"], configuration["namespace"])


@pytest.mark.parametrize("name", SIDES)
def test_the_proxies_log(standalone, name):
    """Each side's proxy writes to the mesh's log group."""
    configuration = only(standalone.service(name).service["service_connect_configuration"])
    log = only(configuration["log_configuration"])
    assert "awslogs" == log["log_driver"]
    assert {
        "awslogs-group": "/ecs/standalone/service-connect",
        "awslogs-region": "eu-central-1",
        "awslogs-stream-prefix": "proxy",
    } == log["options"]


@pytest.mark.parametrize("name", SIDES)
def test_ecs_may_write_the_proxies_logs(standalone, name):
    """The proxy logs with the execution role."""
    resources = standalone.policy_statements(f"standalone-{name}-execution")["ShipLogs"].resources
    group = "arn:aws:logs:eu-central-1:123456789012:log-group:/ecs/standalone"
    assert resources == {f"{group}/{name}:*", f"{group}/service-connect:*"}


def test_a_port_has_a_name_and_a_protocol(standalone):
    """Service Connect finds the port by its name; timeouts of a request need HTTP."""
    mapping = only(standalone.service("connect-server").container.portMappings)
    assert {
        "containerPort": 8081,
        "hostPort": 8081,
        "protocol": "tcp",
        "name": "http",
        "appProtocol": "http",
    } == mapping


def test_a_server_offers_its_port_under_its_name(server):
    """Callers say the client alias, and Cloud Map knows the discovery name."""
    assert ("http", "connect-server-mesh") == (server["port_name"], server["discovery_name"])
    assert [{"dns_name": "connect-server", "port": 9000}] == server["client_alias"]


def test_a_server_names_its_timeouts(server):
    """A request that hangs is given up, and so is an idle connection."""
    assert [{"idle_timeout_seconds": 90, "per_request_timeout_seconds": 7}] == server["timeout"]


def test_a_server_encrypts_with_the_private_authority(server):
    """Certificate authority, key and role are those of the mesh."""
    assert {
        "issuer_cert_authority": [
            {"aws_pca_authority_arn": "arn:aws:acm-pca:eu-central-1:123456789012:certificate-authority/1"}
        ],
        "kms_key": "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555",
        "role_arn": "arn:aws:iam::123456789012:role/standalone-tls",
    } == only(server["tls"])


def test_a_server_without_an_authority_speaks_plain_text(standalone):
    """TLS is an option."""
    configuration = only(standalone.service("connect-plain").service["service_connect_configuration"])
    assert [] == only(configuration["service"])["tls"]


def test_a_client_offers_nothing(standalone):
    """Who only calls has no name in the mesh."""
    configuration = only(standalone.service("connect-client").service["service_connect_configuration"])
    assert [] == configuration["service"]


def test_service_connect_brings_no_container(standalone):
    """ECS adds its proxy itself."""
    assert {"connect-server"} == set(standalone.service("connect-server").containers)
    assert [] == standalone.service("connect-server").task["proxy_configuration"]


def test_a_service_outside_the_mesh_is_not_in_it(standalone):
    """Neither by Service Connect nor by App Mesh."""
    assert [] == standalone.service("plain").service["service_connect_configuration"]
    assert [] == standalone.service("plain").task["proxy_configuration"]
