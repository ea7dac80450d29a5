import pytest

NODE_SPEC = {
    "listeners": [
        {
            "portMapping": {"port": 8081, "protocol": "http"},
            "outlierDetection": {
                "maxServerErrors": 5,
                "maxEjectionPercent": 50,
                "interval": {"unit": "s", "value": 10},
                "baseEjectionDuration": {"unit": "s", "value": 30},
            },
        }
    ],
    "serviceDiscovery": {"awsCloudMap": {"namespaceName": "internal", "serviceName": "email-sender"}},
}
ROUTER_SPEC = {"listeners": [{"portMapping": {"port": 8081, "protocol": "http"}}]}


def route_spec(*targets):
    """A route to virtual nodes, by name and weight."""
    weighted = [{"virtualNode": name, "weight": weight} for name, weight in targets]
    return {"httpRoute": {"match": {"prefix": "/"}, "action": {"weightedTargets": weighted}}}


@pytest.fixture
def mesh(client):
    """App Mesh with an empty mesh."""
    app_mesh = client("appmesh")
    app_mesh.create_mesh(meshName="mesh", spec={"egressFilter": {"type": "DROP_ALL"}})
    return app_mesh


@pytest.fixture
def routed(mesh):
    """A mesh with two virtual nodes, a router, a route and a virtual service."""
    for name in ("stable", "canary"):
        mesh.create_virtual_node(meshName="mesh", virtualNodeName=name, spec=NODE_SPEC)
    mesh.create_virtual_router(meshName="mesh", virtualRouterName="router", spec=ROUTER_SPEC)
    mesh.create_route(
        meshName="mesh",
        virtualRouterName="router",
        routeName="all",
        spec=route_spec(("stable", 90), ("canary", 10)),
    )
    mesh.create_virtual_service(
        meshName="mesh",
        virtualServiceName="api.internal",
        spec={"provider": {"virtualRouter": {"virtualRouterName": "router"}}},
    )
    return mesh
