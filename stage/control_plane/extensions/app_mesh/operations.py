"""Create, describe, update, delete and list of every kind, and tags."""

import json
from functools import partialmethod
from typing import Any

from moto.appmesh.models import appmesh_backends
from moto.core.base_backend import BaseBackend
from moto.core.responses import BaseResponse

from stage.control_plane.extensions.app_mesh.kinds import KINDS, MESH, Kind
from stage.control_plane.extensions.app_mesh.store import MeshStore, Place

_VERBS = ("create", "describe", "update", "delete")


class AppMeshBackend(BaseBackend):
    """App Mesh of one region, of which nothing is moto's.

    Attributes:
        store: All objects and tags.
    """

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.store = MeshStore(account_id, region_name)


def _with_operations_on_every_kind(response: type[Any]) -> type[Any]:
    """Give the class a method for each operation, named as moto calls it: `create_virtual_node`."""
    for kind in KINDS:
        for verb in _VERBS:
            setattr(response, f"{verb}_{kind.operation}", partialmethod(vars(response)[f"_{verb}"], kind))
        plural = "list_meshes" if kind is MESH else f"list_{kind.operation}s"
        setattr(response, plural, partialmethod(vars(response)["_list"], kind))
    return response


@_with_operations_on_every_kind
class AppMeshResponse(BaseResponse):
    """Requests of App Mesh."""

    def __init__(self) -> None:
        super().__init__(service_name="appmesh")

    def list_tags_for_resource(self) -> str:
        """ListTagsForResource."""
        tags = self._store.tags_of(self._get_param("resourceArn"))
        return json.dumps({"tags": [{"key": key, "value": value} for key, value in tags.items()]})

    def tag_resource(self) -> str:
        """TagResource."""
        self._store.tags_of(self._get_param("resourceArn")).update(_by_key(self._get_param("tags")))
        return "{}"

    def untag_resource(self) -> str:
        """UntagResource."""
        tags = self._store.tags_of(self._get_param("resourceArn"))
        for key in self._get_param("tagKeys"):
            tags.pop(key, None)
        return "{}"

    def _create(self, kind: Kind) -> str:
        request = json.loads(self.body)
        tags = _by_key(request.get("tags") or [])
        spec = request.get("spec") or {}
        return json.dumps(self._store.create(self._place(kind), self._name(kind), spec, tags).described())

    def _describe(self, kind: Kind) -> str:
        return json.dumps(self._store.find(self._place(kind), self._name(kind)).described())

    def _update(self, kind: Kind) -> str:
        spec = json.loads(self.body).get("spec") or {}
        return json.dumps(self._store.update(self._place(kind), self._name(kind), spec).described())

    def _delete(self, kind: Kind) -> str:
        return json.dumps(self._store.delete(self._place(kind), self._name(kind)).described("DELETED"))

    def _list(self, kind: Kind) -> str:
        listed = self._store.list(self._place(kind))
        return json.dumps({kind.plural: [known.names | known.metadata for known in listed]})

    @property
    def _store(self) -> MeshStore:
        store: MeshStore = appmesh_backends[self.current_account][self.region].store
        return store

    def _place(self, kind: Kind) -> Place:
        parent = self._get_param(kind.parent.name_key) if kind.parent else None
        return Place(kind, self._get_param(MESH.name_key), parent)

    def _name(self, kind: Kind) -> str:
        return str(self._get_param(kind.name_key))


def _by_key(tags: list[dict[str, str]]) -> dict[str, str]:
    return {tag["key"]: tag["value"] for tag in tags}
