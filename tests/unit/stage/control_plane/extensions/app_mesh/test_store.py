import pytest
from botocore.exceptions import ClientError

from stage.control_plane.extensions.app_mesh.kinds import MESH
from stage.control_plane.extensions.app_mesh.store import MeshStore, Place

from .conftest import NODE_SPEC, ROUTER_SPEC, route_spec


def test_a_spec_comes_back_as_it_was_given(mesh):
    """Also what only newer versions of App Mesh know."""
    created = mesh.create_virtual_node(meshName="mesh", virtualNodeName="node", spec=NODE_SPEC)["virtualNode"]
    described = mesh.describe_virtual_node(meshName="mesh", virtualNodeName="node")["virtualNode"]

    assert NODE_SPEC == created["spec"] == described["spec"]
    assert {"status": "ACTIVE"} == described["status"]


def test_every_object_has_a_uid_of_its_own(routed):
    """Terraform takes the uid for the object's id."""
    described = [
        routed.describe_mesh(meshName="mesh")["mesh"],
        routed.describe_virtual_node(meshName="mesh", virtualNodeName="stable")["virtualNode"],
        routed.describe_virtual_node(meshName="mesh", virtualNodeName="canary")["virtualNode"],
        routed.describe_virtual_router(meshName="mesh", virtualRouterName="router")["virtualRouter"],
        routed.describe_route(meshName="mesh", virtualRouterName="router", routeName="all")["route"],
        routed.describe_virtual_service(meshName="mesh", virtualServiceName="api.internal")["virtualService"],
    ]

    assert 6 == len({one["metadata"]["uid"] for one in described})


def test_times_are_numbers():
    """Terraform's provider refuses a time that is a text, which boto3 would parse."""
    created = MeshStore("123456789012", "eu-central-1").create(Place(MESH, "mesh"), "mesh", {}, {})

    metadata = created.described()["metadata"]
    assert (float, float) == (type(metadata["createdAt"]), type(metadata["lastUpdatedAt"]))


def test_arns_say_where_an_object_lies(routed):
    """A route lies in its router, the router in its mesh."""
    route = routed.describe_route(meshName="mesh", virtualRouterName="router", routeName="all")["route"]
    service = routed.describe_virtual_service(meshName="mesh", virtualServiceName="api.internal")

    begin = "arn:aws:appmesh:eu-central-1:123456789012:mesh/mesh"
    assert f"{begin}/virtualRouter/router/route/all" == route["metadata"]["arn"]
    assert f"{begin}/virtualService/api.internal" == service["virtualService"]["metadata"]["arn"]


def test_an_update_replaces_the_spec_and_raises_the_version(routed):
    """Weights move as a release goes on; the object stays the same."""
    place = {"meshName": "mesh", "virtualRouterName": "router", "routeName": "all"}
    before = routed.describe_route(**place)["route"]

    routed.update_route(**place, spec=route_spec(("stable", 50), ("canary", 50)))

    after = routed.describe_route(**place)["route"]
    assert route_spec(("stable", 50), ("canary", 50)) == after["spec"]
    assert (before["metadata"]["uid"], 2) == (after["metadata"]["uid"], after["metadata"]["version"])


@pytest.mark.parametrize(
    ("operation", "request_of"),
    [
        ("create_virtual_node", {"meshName": "lost", "virtualNodeName": "node", "spec": NODE_SPEC}),
        (
            "create_route",
            {
                "meshName": "mesh",
                "virtualRouterName": "lost",
                "routeName": "all",
                "spec": route_spec(("stable", 1)),
            },
        ),
        (
            "create_route",
            {
                "meshName": "mesh",
                "virtualRouterName": "router",
                "routeName": "other",
                "spec": route_spec(("lost", 1)),
            },
        ),
        (
            "update_route",
            {
                "meshName": "mesh",
                "virtualRouterName": "router",
                "routeName": "all",
                "spec": route_spec(("lost", 1)),
            },
        ),
        (
            "create_virtual_service",
            {
                "meshName": "mesh",
                "virtualServiceName": "other",
                "spec": {"provider": {"virtualRouter": {"virtualRouterName": "lost"}}},
            },
        ),
        (
            "create_virtual_service",
            {
                "meshName": "mesh",
                "virtualServiceName": "other",
                "spec": {"provider": {"virtualNode": {"virtualNodeName": "lost"}}},
            },
        ),
        ("describe_virtual_node", {"meshName": "mesh", "virtualNodeName": "lost"}),
    ],
    ids=["mesh", "router", "target", "updated target", "provider router", "provider node", "itself"],
)
def test_what_does_not_exist_cannot_be_referred_to(routed, operation, request_of):
    """App Mesh refuses, so a wrong order of creation is found here."""
    with pytest.raises(ClientError, match="NotFoundException"):
        getattr(routed, operation)(**request_of)


def test_a_name_is_given_once(routed):
    """A second object of the name is a conflict."""
    with pytest.raises(ClientError, match="ConflictException"):
        routed.create_virtual_router(meshName="mesh", virtualRouterName="router", spec=ROUTER_SPEC)


@pytest.mark.parametrize(
    ("operation", "request_of"),
    [
        ("delete_mesh", {"meshName": "mesh"}),
        ("delete_virtual_node", {"meshName": "mesh", "virtualNodeName": "canary"}),
        ("delete_virtual_router", {"meshName": "mesh", "virtualRouterName": "router"}),
    ],
)
def test_what_is_in_use_is_not_deleted(routed, operation, request_of):
    """App Mesh wants to be taken apart from the outside in."""
    with pytest.raises(ClientError, match="ResourceInUseException"):
        getattr(routed, operation)(**request_of)


def test_a_mesh_is_taken_apart_from_the_outside_in(routed):
    """In the reverse order of creation everything goes."""
    in_mesh = {"meshName": "mesh"}
    routed.delete_virtual_service(**in_mesh, virtualServiceName="api.internal")
    routed.delete_route(**in_mesh, virtualRouterName="router", routeName="all")
    routed.delete_virtual_router(**in_mesh, virtualRouterName="router")
    for name in ("stable", "canary"):
        routed.delete_virtual_node(**in_mesh, virtualNodeName=name)
    deleted = routed.delete_mesh(**in_mesh)["mesh"]

    assert {"status": "DELETED"} == deleted["status"]
    assert [] == routed.list_meshes()["meshes"]


def test_a_gateway_route_needs_its_virtual_service(routed):
    """Gateways are the seventh kind, with routes of their own."""
    gateway = {"meshName": "mesh", "virtualGatewayName": "gateway"}
    routed.create_virtual_gateway(**gateway, spec=ROUTER_SPEC)
    target = {"virtualService": {"virtualServiceName": "api.internal"}}
    spec = {"httpRoute": {"match": {"prefix": "/"}, "action": {"target": target}}}
    routed.create_gateway_route(**gateway, gatewayRouteName="all", spec=spec)

    with pytest.raises(ClientError, match="ResourceInUseException"):
        routed.delete_virtual_service(meshName="mesh", virtualServiceName="api.internal")
    with pytest.raises(ClientError, match="ResourceInUseException"):
        routed.delete_virtual_gateway(**gateway)


def test_objects_are_listed_where_they_lie(routed):
    """Names come with the ARN of each."""
    routed.create_mesh(meshName="other")
    routed.create_virtual_node(meshName="other", virtualNodeName="elsewhere", spec=NODE_SPEC)

    nodes = routed.list_virtual_nodes(meshName="mesh")["virtualNodes"]
    routes = routed.list_routes(meshName="mesh", virtualRouterName="router")["routes"]

    assert ["stable", "canary"] == [node["virtualNodeName"] for node in nodes]
    assert [("router", "all")] == [(route["virtualRouterName"], route["routeName"]) for route in routes]
    assert ["mesh", "other"] == [mesh["meshName"] for mesh in routed.list_meshes()["meshes"]]
