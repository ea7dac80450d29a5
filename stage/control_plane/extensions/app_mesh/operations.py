"""Create, describe, update, delete and list of every kind, and tags."""

import json
from functools import partialmethod
from typing import Any

from moto.appmesh.responses import AppMeshResponse

from stage.control_plane.extensions.app_mesh.kinds import KINDS, MESH, Kind
from stage.control_plane.extensions.app_mesh.store import MeshStore, Place
from stage.control_plane.extensions.backend_state import kept


def _create(self: AppMeshResponse, kind: Kind) -> str:
    request = json.loads(self.body)
    tags = _by_key(request.get("tags") or [])
    created = _store(self).create(_place(self, kind), _name(self, kind), request.get("spec") or {}, tags)
    return json.dumps(created.described())


def _describe(self: AppMeshResponse, kind: Kind) -> str:
    return json.dumps(_store(self).find(_place(self, kind), _name(self, kind)).described())


def _update(self: AppMeshResponse, kind: Kind) -> str:
    spec = json.loads(self.body).get("spec") or {}
    return json.dumps(_store(self).update(_place(self, kind), _name(self, kind), spec).described())


def _delete(self: AppMeshResponse, kind: Kind) -> str:
    return json.dumps(_store(self).delete(_place(self, kind), _name(self, kind)).described("DELETED"))


def _list(self: AppMeshResponse, kind: Kind) -> str:
    listed = _store(self).list(_place(self, kind))
    return json.dumps({kind.plural: [known.names | known.metadata for known in listed]})


def _list_tags_for_resource(self: AppMeshResponse) -> str:
    tags = _store(self).tags_of(self._get_param("resourceArn"))
    return json.dumps({"tags": [{"key": key, "value": value} for key, value in tags.items()]})


def _tag_resource(self: AppMeshResponse) -> str:
    _store(self).tags_of(self._get_param("resourceArn")).update(_by_key(self._get_param("tags")))
    return "{}"


def _untag_resource(self: AppMeshResponse) -> str:
    tags = _store(self).tags_of(self._get_param("resourceArn"))
    for key in self._get_param("tagKeys"):
        tags.pop(key, None)
    return "{}"


def _store(response: AppMeshResponse) -> MeshStore:
    backend = response.appmesh_backend
    return kept(backend, "meshes", lambda: MeshStore(backend.account_id, backend.region_name))


def _place(response: AppMeshResponse, kind: Kind) -> Place:
    parent = response._get_param(kind.parent.name_key) if kind.parent else None  # noqa: SLF001 - moto has no other
    return Place(kind, response._get_param(MESH.name_key), parent)  # noqa: SLF001 - moto has no other


def _name(response: AppMeshResponse, kind: Kind) -> str:
    return str(response._get_param(kind.name_key))  # noqa: SLF001 - moto has no other


def _by_key(tags: list[dict[str, str]]) -> dict[str, str]:
    return {tag["key"]: tag["value"] for tag in tags}


_VERBS = {"create": _create, "describe": _describe, "update": _update, "delete": _delete}
OPERATIONS: dict[str, Any] = {
    "list_tags_for_resource": _list_tags_for_resource,
    "tag_resource": _tag_resource,
    "untag_resource": _untag_resource,
}
for _kind in KINDS:
    OPERATIONS |= {
        f"{verb}_{_kind.operation}": partialmethod(method, _kind) for verb, method in _VERBS.items()
    }
    OPERATIONS["list_meshes" if _kind is MESH else f"list_{_kind.operation}s"] = partialmethod(_list, _kind)
