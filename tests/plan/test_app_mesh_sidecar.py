import pytest

from tests.plan.view import only

NODE = "arn:aws:appmesh:eu-central-1:123456789012:mesh/standalone/virtualNode/standalone"


@pytest.fixture
def envoy(standalone):
    """The sidecar of a service in App Mesh."""
    return standalone.service("app-mesh").containers["envoy"]


@pytest.fixture
def proxy(standalone):
    """What of a task's traffic goes through the sidecar."""
    return only(standalone.service("app-mesh").task["proxy_configuration"])


def test_a_task_has_the_application_and_envoy(standalone):
    """Two containers, the application's first."""
    assert ["app-mesh", "envoy"] == list(standalone.service("app-mesh").containers)


def test_envoy_is_the_virtual_node(envoy):
    """It asks App Mesh for the configuration of this node."""
    assert {"APPMESH_RESOURCE_ARN": NODE} == envoy.environment


def test_envoys_image(envoy):
    """It is AWS's, in the version that the mesh names."""
    registry = "840364872350.dkr.ecr.eu-central-1.amazonaws.com"
    assert envoy.image == f"{registry}/aws-appmesh-envoy:v1.29.12.1-prod"


def test_a_task_does_not_live_without_envoy(envoy):
    """Its traffic would lead nowhere."""
    assert envoy.essential is True


def test_envoy_is_asked_whether_it_is_live(envoy):
    """By its admin port, every five seconds."""
    assert {
        "command": ["CMD-SHELL", "curl -s http://localhost:9901/server_info | grep state | grep -q LIVE"],
        "interval": 5,
        "timeout": 2,
        "retries": 3,
        "startPeriod": 10,
    } == envoy.healthCheck


def test_the_application_waits_for_envoy(standalone):
    """It starts after Envoy is healthy, and so stops before Envoy does."""
    container = standalone.service("app-mesh").container
    assert [{"containerName": "envoy", "condition": "HEALTHY"}] == container.dependsOn


def test_envoy_stops_as_late_as_the_application(standalone, envoy):
    """Requests in flight still have their way out."""
    assert envoy.stopTimeout == standalone.service("app-mesh").container.stopTimeout == 75


def test_envoy_has_memory_of_its_own(envoy):
    """What AWS names as the least."""
    assert 64 == envoy.memoryReservation


def test_envoy_logs(envoy):
    """Into the mesh's log group."""
    assert {
        "logDriver": "awslogs",
        "options": {
            "awslogs-group": "/ecs/standalone/envoy",
            "awslogs-region": "eu-central-1",
            "awslogs-stream-prefix": "proxy",
        },
    } == envoy.logConfiguration


def test_ecs_may_write_envoys_logs(standalone):
    """The execution role knows both log groups."""
    group = "arn:aws:logs:eu-central-1:123456789012:log-group:/ecs/standalone"
    resources = standalone.policy_statements("standalone-app-mesh-execution")["ShipLogs"].resources
    assert resources == {f"{group}/app-mesh:*", f"{group}/envoy:*"}


def test_ecs_may_pull_envoy(standalone):
    """Beside the application's own repository, and nothing further."""
    assert {
        "arn:aws:ecr:eu-central-1:123456789012:repository/standalone/app",
        "arn:aws:ecr:eu-central-1:840364872350:repository/aws-appmesh-envoy",
    } == standalone.policy_statements("standalone-app-mesh-execution")["PullImages"].resources


def test_envoy_is_configured_for_its_services_nodes_only(standalone):
    """The task role streams the configuration of the service's node, its candidate's and no other."""
    statements = standalone.policy_statements("standalone-app-mesh-task")
    assert {"SendToQueue", "ConfigureEnvoy"} == set(statements)
    assert {"appmesh:StreamAggregatedResources"} == statements["ConfigureEnvoy"].actions
    assert {NODE, f"{NODE}-candidate"} == statements["ConfigureEnvoy"].resources


def test_traffic_goes_through_envoy(proxy):
    """App Mesh's proxy is the sidecar."""
    assert ("APPMESH", "envoy") == (proxy["type"], proxy["container_name"])


def test_what_envoy_takes_and_leaves(proxy):
    """It takes the application's port and leaves metadata, credentials and mail servers alone."""
    assert {
        "AppPorts": "8081",
        "IgnoredUID": "1337",
        "ProxyIngressPort": "15000",
        "ProxyEgressPort": "15001",
        "EgressIgnoredIPs": "169.254.170.2,169.254.169.254",
        "EgressIgnoredPorts": "25,587",
    } == proxy["properties"]


def test_envoys_own_traffic_is_not_sent_to_envoy(envoy, proxy):
    """It runs as the user that the proxy configuration ignores."""
    assert envoy.user == proxy["properties"]["IgnoredUID"]


def test_without_mail_servers_no_port_is_ignored(standalone):
    """HTTPS goes through Envoy."""
    proxy = only(standalone.service("execute-command").task["proxy_configuration"])
    assert "EgressIgnoredPorts" not in proxy["properties"]


def test_app_mesh_needs_no_service_connect(standalone):
    """A task has one proxy."""
    assert [] == standalone.service("app-mesh").service["service_connect_configuration"]
    assert "name" not in only(standalone.service("app-mesh").container.portMappings)
