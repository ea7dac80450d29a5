"""App Mesh objects of one region, each with its spec as it was given."""

import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from moto.core.exceptions import JsonRESTError

from stage.control_plane.extensions.app_mesh.kinds import BY_OPERATION, MESH, Kind, Reference, Spec


class NotFoundError(JsonRESTError):
    """There is no such object."""

    code = 404

    def __init__(self, kind: Kind, name: str) -> None:
        super().__init__("NotFoundException", f"There is no {kind.key} named {name}.")


class ConflictError(JsonRESTError):
    """There is one of that name already."""

    code = 409

    def __init__(self, kind: Kind, name: str) -> None:
        super().__init__("ConflictException", f"There is a {kind.key} named {name} already.")


class InUseError(JsonRESTError):
    """Something else needs the object."""

    code = 409

    def __init__(self, kind: Kind, name: str, user: "MeshObject") -> None:
        super().__init__(
            "ResourceInUseException", f"{kind.key} {name} is in use by {user.kind.key} {user.name}."
        )


@dataclass(frozen=True)
class Place:
    """Parent of an object: a mesh, and within it a parent for kinds that have one."""

    kind: Kind
    mesh: str
    parent: str | None = None


@dataclass
class MeshObject:
    """An object as the API shows it, with what it refers to."""

    place: Place
    name: str
    spec: Spec
    metadata: dict[str, Any]

    @property
    def kind(self) -> Kind:
        """Kind of the object."""
        return self.place.kind

    @property
    def names(self) -> dict[str, str]:
        """Name of the object and those of its parents, as answers give them."""
        names = {MESH.name_key: self.place.mesh, self.kind.name_key: self.name}
        if self.kind.parent and self.place.parent:
            names[self.kind.parent.name_key] = self.place.parent
        return names

    def described(self, status: str = "ACTIVE") -> dict[str, Any]:
        """The object as DescribeX shows it."""
        return {**self.names, "spec": self.spec, "status": {"status": status}, "metadata": self.metadata}

    def needs(self, kind: Kind, name: str) -> bool:
        """Whether it lies in that object or refers to it."""
        if kind is MESH:
            return self.kind is not MESH
        within = kind is self.kind.parent and self.place.parent == name
        return within or (kind.operation, name) in self.kind.references(self.spec)


@dataclass
class MeshStore:
    """All objects and tags of a region."""

    account: str
    region: str
    objects: dict[tuple[Place, str], MeshObject] = field(default_factory=dict)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)

    def create(self, place: Place, name: str, spec: Spec, tags: dict[str, str]) -> MeshObject:
        """Take an object whose mesh, parent and references exist."""
        if place.kind is not MESH:
            self.find(Place(MESH, place.mesh), place.mesh)
        if place.kind.parent and place.parent:
            self.find(Place(place.kind.parent, place.mesh), place.parent)
        if (place, name) in self.objects:
            raise ConflictError(place.kind, name)
        self._check_references(place, spec)
        now = time.time()
        created = MeshObject(
            place,
            name,
            spec,
            {
                "arn": self._arn(place, name),
                "createdAt": now,
                "lastUpdatedAt": now,
                "meshOwner": self.account,
                "resourceOwner": self.account,
                "uid": str(uuid.uuid4()),
                "version": 1,
            },
        )
        self.objects[place, name] = created
        self.tags[created.metadata["arn"]] = tags
        return created

    def find(self, place: Place, name: str) -> MeshObject:
        """The object of that name."""
        try:
            return self.objects[place, name]
        except KeyError:
            raise NotFoundError(place.kind, name) from None

    def list(self, place: Place) -> list[MeshObject]:
        """All objects in a place; meshes lie in none."""
        return [
            known
            for known in self.objects.values()
            if known.place == place or known.kind is place.kind is MESH
        ]

    def update(self, place: Place, name: str, spec: Spec) -> MeshObject:
        """Give an object another spec."""
        known = self.find(place, name)
        self._check_references(place, spec)
        known.spec = spec
        known.metadata |= {"version": known.metadata["version"] + 1, "lastUpdatedAt": time.time()}
        return known

    def delete(self, place: Place, name: str) -> MeshObject:
        """Remove an object that nothing needs any more."""
        known = self.find(place, name)
        for other in self.objects.values():
            if other.place.mesh == place.mesh and other.needs(place.kind, name):
                raise InUseError(place.kind, name, other)
        del self.objects[place, name]
        del self.tags[known.metadata["arn"]]
        return known

    def tags_of(self, arn: str) -> dict[str, str]:
        """Tags of an object by their keys, to be changed in place."""
        try:
            return self.tags[arn]
        except KeyError:
            raise NotFoundError(MESH, arn) from None

    def _check_references(self, place: Place, spec: Spec) -> None:
        for operation, name in place.kind.references(spec):
            self._check_reference(place.mesh, (operation, name))

    def _check_reference(self, mesh: str, reference: Reference) -> None:
        operation, name = reference
        self.find(Place(BY_OPERATION[operation], mesh), name)

    def _arn(self, place: Place, name: str) -> str:
        arn = f"arn:aws:appmesh:{self.region}:{self.account}:mesh/{place.mesh}"
        if place.kind is MESH:
            return arn
        if place.kind.parent:
            arn += f"/{place.kind.parent.key}/{place.parent}"
        return f"{arn}/{place.kind.key}/{name}"
