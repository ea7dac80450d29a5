"""Gaps of App Mesh."""

from botocore.exceptions import ClientError

_MESH = {"meshName": "mesh"}
_LISTENER = {"portMapping": {"port": 8081, "protocol": "http"}}
_NODE = {"listeners": [_LISTENER], "serviceDiscovery": {"dns": {"hostname": "sender.internal"}}}


def _mesh(aws):
    app_mesh = aws("appmesh")
    app_mesh.create_mesh(**_MESH)
    return app_mesh


def _node(app_mesh, name="node", **more):
    return app_mesh.create_virtual_node(**_MESH, virtualNodeName=name, spec=_NODE, **more)["virtualNode"]


def _route(app_mesh, target):
    app_mesh.create_virtual_router(**_MESH, virtualRouterName="router", spec={"listeners": [_LISTENER]})
    targets = {"weightedTargets": [{"virtualNode": target, "weight": 1}]}
    app_mesh.create_route(
        **_MESH,
        virtualRouterName="router",
        routeName="all",
        spec={"httpRoute": {"match": {"prefix": "/"}, "action": targets}},
    )


def virtual_services(aws):
    """One is created and found."""
    app_mesh, name = _mesh(aws), {**_MESH, "virtualServiceName": "sender.internal"}
    app_mesh.create_virtual_service(**name, spec={})
    return "ACTIVE" == app_mesh.describe_virtual_service(**name)["virtualService"]["status"]["status"]


def uids(aws):
    """Two virtual nodes have two."""
    app_mesh = _mesh(aws)
    return 2 == len({_node(app_mesh, name)["metadata"]["uid"] for name in ("one", "two")})


def times(aws):
    """The time of a creation is a number of seconds."""
    how = {"REQUEST_METHOD": "PUT", "CONTENT_TYPE": "application/json"}
    answer = aws.ask("appmesh", _MESH, path="/v20190125/meshes", **how)
    return isinstance(answer["metadata"]["createdAt"], float)


def references(aws):
    """A route to a virtual node that does not exist is refused."""
    try:
        _route(_mesh(aws), "lost")
    except ClientError as error:
        return "NotFoundException" == error.response["Error"]["Code"]
    return False


def in_use(aws):
    """A virtual node is not deleted while a route leads to it."""
    app_mesh = _mesh(aws)
    _node(app_mesh)
    _route(app_mesh, "node")
    try:
        app_mesh.delete_virtual_node(**_MESH, virtualNodeName="node")
    except ClientError as error:
        return "ResourceInUseException" == error.response["Error"]["Code"]
    return False


def tags_removed(aws):
    """A tag that is removed is gone."""
    app_mesh = _mesh(aws)
    arn = _node(app_mesh, tags=[{"key": "team", "value": "mail"}])["metadata"]["arn"]
    app_mesh.untag_resource(resourceArn=arn, tagKeys=["team"])
    return [] == app_mesh.list_tags_for_resource(resourceArn=arn)["tags"]
