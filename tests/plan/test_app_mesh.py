import re

import pytest

from tests.plan.view import only

KINDS = ["mesh", "route", "virtual_node", "virtual_router", "virtual_service"]
NODES = {
    "email-sender": (8081, "/livez"),
    "email-sender-canary": (8081, "/livez"),
    "notification-api": (8080, "/healthz"),
    "notification-api-canary": (8080, "/healthz"),
}
STABLE = ("notification-api", 8080, 90)
CANARY = ("notification-api-canary", 8080, 10)
ROUTES = {
    "email-sender/reads": {("email-sender", 8081, 100), ("email-sender-canary", 8081, 0)},
    "email-sender/writes": {("email-sender", 8081, 100), ("email-sender-canary", 8081, 0)},
    "notification-api/reads": {STABLE, CANARY},
    "notification-api/writes": {STABLE, CANARY},
}


def _resources(standalone, kind, module="mesh_app_mesh"):
    """Resources of a kind of App Mesh, by key."""
    prefix = f"module.{module}.aws_appmesh_{kind}.this["
    found = standalone.all(f"aws_appmesh_{kind}").items()
    return {address[len(prefix) : -1].strip('"'): one for address, one in found if address.startswith(prefix)}


def _spec(standalone, kind, key, module="mesh_app_mesh"):
    return only(_resources(standalone, kind, module)[key]["spec"])


@pytest.fixture(params=NODES)
def node(request):
    """Each virtual node."""
    return request.param


@pytest.fixture(params=ROUTES)
def route(request):
    """Each route."""
    return request.param


def _seconds(value):
    return [{"unit": "s", "value": value}]


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_of_app_mesh_is_made_in_another_mode(standalone, kind):
    """App Mesh is closed: who does not ask for it must not meet it."""
    modules = {address.split(".")[1] for address in standalone.all(f"aws_appmesh_{kind}")}
    assert {"mesh_app_mesh", "mesh_least"} == modules


@pytest.mark.parametrize("mesh", ["service_connect", "tls", "none", "most"])
def test_no_member_joins_app_mesh_in_another_mode(standalone, mesh):
    """No Envoy is put beside a task for nothing."""
    members = standalone.outputs["mesh"][mesh]
    assert set() == {name for name, one in members.items() if one["app_mesh"] is not None}
    assert len(members) > 1


def test_tasks_reach_the_mesh_and_aws_alone(standalone):
    """What is not declared is dropped."""
    mesh = _resources(standalone, "mesh")["0"]
    assert "standalone" == mesh["name"]
    assert [{"type": "DROP_ALL"}] == only(mesh["spec"])["egress_filter"]


@pytest.mark.parametrize(
    ("kind", "keys"),
    [
        ("virtual_node", set(NODES)),
        ("virtual_router", {"email-sender", "notification-api"}),
        ("virtual_service", {"email-sender", "notification-api"}),
        ("route", set(ROUTES)),
    ],
)
def test_what_is_in_the_mesh(standalone, kind, keys):
    """Each service has a node, a router, two routes and a name; a canary has a node alone."""
    resources = _resources(standalone, kind)
    assert set(resources) == keys
    assert {"standalone"} == {one["mesh_name"] for one in resources.values()}


@pytest.mark.parametrize("kind", KINDS[1:])
def test_everything_follows_the_mesh(standalone, kind):
    """App Mesh refuses what belongs to a mesh that is not there yet."""
    address = f"module.mesh_app_mesh.aws_appmesh_{kind}.this"
    assert {"module.mesh_app_mesh.aws_appmesh_mesh.this"} == standalone.sources(address, "mesh_name")


def test_a_node_is_found_through_cloud_map(standalone, node):
    """Envoy learns of tasks that come and go from where ECS registers them."""
    assert _resources(standalone, "virtual_node")[node]["name"] == node
    discovery = only(_spec(standalone, "virtual_node", node)["service_discovery"])
    cloud_map = {"namespace_name": "standalone.internal", "service_name": node, "attributes": None}
    assert discovery == {"aws_cloud_map": [cloud_map], "dns": []}


@pytest.mark.parametrize(
    ("node", "backends"),
    [
        ("email-sender", set()),
        ("email-sender-canary", set()),
        ("notification-api", {"email-sender.standalone.internal"}),
        ("notification-api-canary", {"email-sender.standalone.internal"}),
    ],
)
def test_a_node_reaches_whom_it_calls(standalone, node, backends):
    """The API and its canary may ask the Email Sender; the Email Sender asks nobody."""
    declared = _spec(standalone, "virtual_node", node)["backend"]
    assert {only(one["virtual_service"])["virtual_service_name"] for one in declared} == backends


def test_a_node_serves_its_port(standalone, node):
    """Envoy takes what is meant for the service's port, and asks there whether the service is well."""
    port, path = NODES[node]
    listener = only(_spec(standalone, "virtual_node", node)["listener"])
    assert listener["port_mapping"] == [{"port": port, "protocol": "http"}]
    assert listener["health_check"] == [
        {
            "protocol": "http",
            "port": port,
            "path": path,
            "interval_millis": 10_000,
            "timeout_millis": 5_000,
            "healthy_threshold": 2,
            "unhealthy_threshold": 3,
        }
    ]


def test_a_node_gives_up_in_time(standalone, node):
    """No request waits for ever, and an idle connection outlives the load balancer's 60 seconds."""
    timeout = only(only(_spec(standalone, "virtual_node", node)["listener"])["timeout"])
    assert timeout["http"] == [{"idle": _seconds(300), "per_request": _seconds(10)}]


def test_a_node_takes_so_many_requests_and_no_more(standalone, node):
    """What is beyond a task goes to another at once."""
    pool = only(only(_spec(standalone, "virtual_node", node)["listener"])["connection_pool"])
    assert [{"max_connections": 1024, "max_pending_requests": 1024}] == pool["http"]


def test_a_failing_task_is_left_out_for_a_while(standalone, node):
    """Five errors in a row eject it for half a minute; at least half of the tasks stay."""
    listener = only(_spec(standalone, "virtual_node", node)["listener"])
    assert listener["outlier_detection"] == [
        {
            "max_server_errors": 5,
            "max_ejection_percent": 50,
            "interval": _seconds(10),
            "base_ejection_duration": _seconds(30),
        }
    ]


def test_envoy_logs_each_request(standalone, node):
    """The access log goes where the container's log goes."""
    logging = only(_spec(standalone, "virtual_node", node)["logging"])
    assert "/dev/stdout" == only(only(logging["access_log"])["file"])["path"]


@pytest.mark.parametrize(("service", "port"), [("email-sender", 8081), ("notification-api", 8080)])
def test_a_name_leads_to_its_router(standalone, service, port):
    """Callers use the name that they would use without a mesh."""
    name = _resources(standalone, "virtual_service")[service]
    assert name["name"] == f"{service}.standalone.internal"
    provider = only(only(name["spec"])["provider"])
    assert provider == {"virtual_node": [], "virtual_router": [{"virtual_router_name": service}]}
    listener = only(_spec(standalone, "virtual_router", service)["listener"])
    assert _resources(standalone, "virtual_router")[service]["name"] == service
    assert listener["port_mapping"] == [{"port": port, "protocol": "http"}]


def test_routes_share_requests_with_the_canary(standalone, route):
    """The canary gets the share that it has at the load balancer; whose canary nobody asks gets all."""
    planned = _resources(standalone, "route")[route]
    assert f"{planned['virtual_router_name']}/{planned['name']}" == route
    http = only(_spec(standalone, "route", route)["http_route"])
    targets = only(http["action"])["weighted_target"]
    assert {(one["virtual_node"], one["port"], one["weight"]) for one in targets} == ROUTES[route]


def test_a_canary_without_a_share_gets_nothing(standalone):
    """Its node stands all the time, as its target group does."""
    http = only(_spec(standalone, "route", "a/reads", "mesh_least")["http_route"])
    weights = {one["virtual_node"]: one["weight"] for one in only(http["action"])["weighted_target"]}
    assert {"a": 100, "a-canary": 0} == weights


@pytest.mark.parametrize(
    ("name", "priority", "method", "events"),
    [("reads", 1, "GET", ["gateway-error", "stream-error"]), ("writes", 2, None, ["stream-error"])],
)
@pytest.mark.parametrize("service", ["email-sender", "notification-api"])
def test_only_what_may_be_repeated_is_repeated(standalone, service, name, priority, method, events):
    """A GET is tried again when its task dies; anything else only if no task has seen it."""
    spec = _spec(standalone, "route", f"{service}/{name}")
    http = only(spec["http_route"])
    assert spec["priority"] == priority
    assert (only(http["match"])["prefix"], only(http["match"])["method"]) == ("/", method)
    assert only(http["retry_policy"]) == {
        "max_retries": 2,
        "per_retry_timeout": _seconds(2),
        "tcp_retry_events": ["connection-error"],
        "http_retry_events": events,
    }


def test_a_route_gives_up_in_time(standalone, route):
    """A request ends after ten seconds with all its tries."""
    http = only(_spec(standalone, "route", route)["http_route"])
    assert http["timeout"] == [{"idle": _seconds(300), "per_request": _seconds(10)}]


def test_timeouts_are_an_input(standalone):
    """What is given holds for nodes and routes alike."""
    http = only(_spec(standalone, "route", "a/writes", "mesh_least")["http_route"])
    assert http["timeout"] == [{"idle": _seconds(4), "per_request": _seconds(3)}]
    assert only(http["retry_policy"])["per_retry_timeout"] == _seconds(1)
    listener = only(_spec(standalone, "virtual_node", "a", "mesh_least")["listener"])
    assert only(listener["timeout"])["http"] == http["timeout"]


@pytest.mark.parametrize(
    ("kind", "argument", "source"),
    [
        ("route", ["virtual_router_name"], "virtual_router"),
        (
            "virtual_service",
            ["spec", "provider", "virtual_router", "virtual_router_name"],
            "virtual_router",
        ),
    ],
)
def test_what_is_named_exists_first(standalone, kind, argument, source):
    """App Mesh refuses a router or a node that is not there yet."""
    address = f"module.mesh_app_mesh.aws_appmesh_{kind}.this"
    assert f"module.mesh_app_mesh.aws_appmesh_{source}.this" in standalone.sources(address, *argument)


def test_a_route_follows_its_nodes(offline):
    """App Mesh refuses a target that is not there yet."""
    text = offline.source("modules/mesh/app-mesh-routes.tf")
    assert "virtual_node = aws_appmesh_virtual_node.this[weighted_target.key].name" in text


def test_each_task_is_its_own_node(standalone, node):
    """A task's Envoy is told its node, its image and where it logs; its role, the nodes of candidates."""
    nodes = "arn:aws:appmesh:eu-central-1:123456789012:mesh/standalone/virtualNode"
    assert standalone.outputs["mesh"]["app_mesh"][node] == {
        "service_connect": None,
        "app_mesh": {
            "virtual_node_arn": f"{nodes}/{node}",
            "candidate_node_arns": [] if node.endswith("-canary") else [f"{nodes}/{node}-canary"],
            "envoy_image": (
                "840364872350.dkr.ecr.eu-central-1.amazonaws.com/aws-appmesh-envoy:v1.34.13.0-prod"
            ),
            "envoy_repository_arn": "arn:aws:ecr:eu-central-1:840364872350:repository/aws-appmesh-envoy",
            "log_group": "/ecs/standalone/mesh",
            "egress_ignored_ports": [],
        },
    }


def test_members_stand_on_the_nodes(standalone):
    """Envoy is refused as a node that is not there yet."""
    assert "module.mesh_app_mesh.aws_appmesh_virtual_node.this" in standalone.output_sources("mesh")


def test_some_regions_keep_envoy_in_another_account(standalone, offline):
    """The regions that AWS documents have accounts of their own."""
    member = standalone.outputs["mesh"]["least"]["a"]["app_mesh"]
    assert member["envoy_image"].startswith("772975370895.dkr.ecr.me-south-1.amazonaws.com/")
    assert member["envoy_repository_arn"].startswith("arn:aws:ecr:me-south-1:772975370895:")
    accounts = re.findall(r'([a-z0-9-]+) = "(\d{12})"', offline.source("modules/mesh/app-mesh-envoy.tf"))
    assert {
        "af-south-1": "924023996002",
        "ap-east-1": "856666278305",
        "ap-southeast-3": "909464085924",
        "cn-north-1": "919366029133",
        "cn-northwest-1": "919830735681",
        "eu-south-1": "422531588944",
        "il-central-1": "564877687649",
        "me-south-1": "772975370895",
    } == dict(accounts)


def test_the_oldest_envoy_that_app_mesh_takes_is_accepted(standalone):
    """The version is an input."""
    assert standalone.outputs["mesh"]["least"]["a"]["app_mesh"]["envoy_image"].endswith(":v1.17.2.0-prod")
