"""The seven kinds of App Mesh objects, and what their specs refer to."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Spec = dict[str, Any]
# An operation's name of a kind, such as `virtual_node`, and an object's name.
Reference = tuple[str, str]


def _to_nothing(_spec: Spec) -> Iterator[Reference]:
    return iter(())


def _to_provider(spec: Spec) -> Iterator[Reference]:
    provider = spec.get("provider") or {}
    if "virtualRouter" in provider:
        yield "virtual_router", provider["virtualRouter"]["virtualRouterName"]
    if "virtualNode" in provider:
        yield "virtual_node", provider["virtualNode"]["virtualNodeName"]


def _to_weighted_targets(spec: Spec) -> Iterator[Reference]:
    for action in _actions(spec):
        for target in action.get("weightedTargets") or []:
            yield "virtual_node", target["virtualNode"]


def _to_virtual_service(spec: Spec) -> Iterator[Reference]:
    for action in _actions(spec):
        yield "virtual_service", action["target"]["virtualService"]["virtualServiceName"]


def _actions(spec: Spec) -> Iterator[dict[str, Any]]:
    """Actions of a route or gateway route, whatever its protocol."""
    for protocol, route in spec.items():
        if protocol != "priority" and route:
            yield route["action"]


@dataclass(frozen=True)
class Kind:
    """A kind of object.

    Attributes:
        operation: Its name within operations' names.
        key: Its name within requests and ARNs; with `Name` behind it, that of the object's name.
        plural: Its name within answers that list.
        references: What must exist for a spec to be accepted, and is in use from then on.
        parent: The kind that it lies within, besides the mesh.
    """

    operation: str
    key: str
    plural: str
    references: Callable[[Spec], Iterator[Reference]] = _to_nothing
    parent: "Kind | None" = None

    @property
    def name_key(self) -> str:
        """Key under which requests and answers give the object's name."""
        return f"{self.key}Name"


MESH = Kind("mesh", "mesh", "meshes")
_VIRTUAL_ROUTER = Kind("virtual_router", "virtualRouter", "virtualRouters")
_VIRTUAL_GATEWAY = Kind("virtual_gateway", "virtualGateway", "virtualGateways")
KINDS = (
    MESH,
    Kind("virtual_node", "virtualNode", "virtualNodes"),
    _VIRTUAL_ROUTER,
    Kind("virtual_service", "virtualService", "virtualServices", _to_provider),
    _VIRTUAL_GATEWAY,
    Kind("route", "route", "routes", _to_weighted_targets, _VIRTUAL_ROUTER),
    Kind("gateway_route", "gatewayRoute", "gatewayRoutes", _to_virtual_service, _VIRTUAL_GATEWAY),
)
BY_OPERATION = {kind.operation: kind for kind in KINDS}
