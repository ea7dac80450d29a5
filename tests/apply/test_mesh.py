"""How the services find each other in each mode."""

import pytest

from common.pages import listed
from tests.apply.services import containers, described, task_definition

MESH = "notifications-production"
NAMES = {"notification-api", "notification-api-canary", "email-sender", "email-sender-canary"}


def test_cloud_map_knows_every_service(applied):
    """In a private DNS namespace of the VPC, whatever the mesh."""
    cloud_map = applied.aws("servicediscovery")
    (namespace,) = [
        one for one in listed(cloud_map, "list_namespaces", "Namespaces") if one["Type"] == "DNS_PRIVATE"
    ]
    services = {one["Arn"]: one["Name"] for one in listed(cloud_map, "list_services", "Services")}

    registered = {
        name: services[registry["registryArn"]]
        for name, service in described(applied).items()
        for registry in service["serviceRegistries"]
    }
    assert f"{applied.mode.system}.internal" == namespace["Name"]
    assert NAMES == set(services.values())
    assert {name: name for name in described(applied)} == registered


@pytest.mark.parametrize("applied", ["service_connect"], indirect=True)
class TestServiceConnect:
    """The mode that AWS recommends."""

    def test_every_service_joins_the_namespace(self, applied):
        """An HTTP namespace of its own, that exists."""
        namespaces = listed(applied.aws("servicediscovery"), "list_namespaces", "Namespaces")
        (http,) = [one["Arn"] for one in namespaces if one["Type"] == "HTTP"]

        configurations = [_service_connect(service) for service in described(applied).values()]
        assert [(True, http)] * 2 == [(one["enabled"], one["namespace"]) for one in configurations]

    def test_only_the_sender_is_called(self, applied):
        """Under the name and the port that the API asks, with timeouts."""
        found = {name: _service_connect(service) for name, service in described(applied).items()}
        served = {name: configuration.get("services", []) for name, configuration in found.items()}

        (server,) = served["email-sender"]
        assert [] == served["notification-api"]
        assert [{"port": 8081, "dnsName": "email-sender.notifications-production.internal"}] == (
            server["clientAliases"]
        )
        assert {"idleTimeoutSeconds", "perRequestTimeoutSeconds"} == server["timeout"].keys()

    def test_the_served_port_is_one_of_the_task_definition(self, applied):
        """By its name."""
        sender = described(applied)["email-sender"]
        (container,) = task_definition(applied, sender)["containerDefinitions"]
        (server,) = _service_connect(sender)["services"]

        assert [server["portName"]] == [mapping["name"] for mapping in container["portMappings"]]

    def test_traffic_is_encrypted_with_the_given_authority(self, applied):
        """With a key that exists and a role that ECS may take."""
        (server,) = _service_connect(described(applied)["email-sender"])["services"]
        tls = server["tls"]

        key = applied.aws("kms").describe_key(KeyId=tls["kmsKey"])["KeyMetadata"]
        roles = {role["Arn"] for role in listed(applied.aws("iam"), "list_roles", "Roles")}
        authority = applied.variables["mesh_certificate_authority_arn"]
        assert authority == tls["issuerCertificateAuthority"]["awsPcaAuthorityArn"]
        assert ("Enabled", True) == (key["KeyState"], tls["roleArn"] in roles)


@pytest.mark.parametrize("applied", ["app_mesh"], indirect=True)
class TestAppMesh:
    """The mode that the system was first asked for, and which it comes to from Service Connect."""

    def test_nothing_of_service_connect_is_left(self, applied):
        """No namespace but that of the DNS names, and no service that is in another."""
        namespaces = listed(applied.aws("servicediscovery"), "list_namespaces", "Namespaces")

        assert ["DNS_PRIVATE"] == [namespace["Type"] for namespace in namespaces]
        assert [{}] * 4 == [_service_connect(service) for service in described(applied).values()]

    def test_every_service_has_a_virtual_node_found_by_cloud_map(self, applied):
        """Under the name of its ECS service."""
        nodes = _all(applied, "virtual_node")
        found = {name: node["spec"]["serviceDiscovery"]["awsCloudMap"] for name, node in nodes.items()}

        assert {name: {"namespaceName": f"{MESH}.internal", "serviceName": name} for name in NAMES} == found

    def test_every_backend_is_a_virtual_service_with_a_router(self, applied):
        """Whoever is called has a virtual service, whose router has routes to virtual nodes."""
        nodes, services = _all(applied, "virtual_node"), _all(applied, "virtual_service")
        called = {
            backend["virtualService"]["virtualServiceName"]
            for node in nodes.values()
            for backend in node["spec"].get("backends", [])
        }
        routers = {
            service["spec"]["provider"]["virtualRouter"]["virtualRouterName"] for service in services.values()
        }

        assert {f"email-sender.{MESH}.internal"} == called
        assert called <= services.keys()
        assert _all(applied, "virtual_router").keys() == routers
        assert {
            ("notification-api", "notification-api", 90),
            ("notification-api", "notification-api-canary", 10),
            ("email-sender", "email-sender", 100),
            ("email-sender", "email-sender-canary", 0),
        } == {
            (route["virtualRouterName"], target["virtualNode"], target["weight"])
            for router in routers
            for route in _routes(applied, router)
            for target in route["spec"]["httpRoute"]["action"]["weightedTargets"]
        }

    def test_every_route_tries_again_and_gives_up(self, applied):
        """Retries and timeouts came back as they were declared."""
        rules = [
            route["spec"]["httpRoute"]
            for router in _all(applied, "virtual_router")
            for route in _routes(applied, router)
        ]

        assert 4 == len(rules)
        assert {2} == {rule["retryPolicy"]["maxRetries"] for rule in rules}
        assert {frozenset({"idle", "perRequest"})} == {frozenset(rule["timeout"]) for rule in rules}

    def test_every_task_has_an_envoy_that_is_its_virtual_node(self, applied):
        """Traffic goes through it, and it asks for the configuration of a node that exists."""
        nodes = _all(applied, "virtual_node")
        envoys = {
            service: {one["name"]: one["value"] for one in container["environment"]}["APPMESH_RESOURCE_ARN"]
            for (service, name), container in containers(applied).items()
            if name == "envoy"
        }
        proxies = {
            task_definition(applied, service)["proxyConfiguration"]["containerName"]
            for service in described(applied).values()
        }

        assert {name: node["metadata"]["arn"] for name, node in nodes.items()} == envoys
        assert {"envoy"} == proxies


@pytest.mark.parametrize("applied", ["none"], indirect=True)
def test_without_a_mesh_there_is_neither(applied):
    """One container a task, no proxies, no namespace but that of the DNS names."""
    namespaces = listed(applied.aws("servicediscovery"), "list_namespaces", "Namespaces")

    assert ["DNS_PRIVATE"] == [namespace["Type"] for namespace in namespaces]
    assert [] == listed(applied.aws("appmesh"), "list_meshes", "meshes")
    assert {(name, name) for name in described(applied)} == containers(applied).keys()
    assert [{}, {}] == [_service_connect(service) for service in described(applied).values()]


def _service_connect(service):
    """Configuration of the newest deployment."""
    return service["deployments"][0].get("serviceConnectConfiguration", {})


def _all(applied, kind):
    """Every object of a kind by name, in full."""
    mesh = applied.aws("appmesh")
    words = kind.split("_")
    camel = words[0] + "".join(word.title() for word in words[1:])
    listed = getattr(mesh, f"list_{kind}s")(meshName=MESH)[f"{camel}s"]
    names = [one[f"{camel}Name"] for one in listed]
    describe = getattr(mesh, f"describe_{kind}")
    return {name: describe(meshName=MESH, **{f"{camel}Name": name})[camel] for name in names}


def _routes(applied, router):
    """Every route of a router, in full."""
    mesh = applied.aws("appmesh")
    place = {"meshName": MESH, "virtualRouterName": router}
    names = [one["routeName"] for one in listed(mesh, "list_routes", "routes", **place)]
    return [mesh.describe_route(**place, routeName=name)["route"] for name in names]
