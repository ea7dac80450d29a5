"""Data files of what the operations of each service are about, one for each service of IAM."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache, cached_property
from pathlib import Path as File
from typing import Any

import yaml

from stage.authorization.calls.keys import Key, key
from stage.authorization.calls.paths import Path
from stage.authorization.calls.places import Place, place
from stage.authorization.errors import UnknownOperationError
from stage.authorization.reference import has_no_type

_FOLDER = File(__file__).with_name("tables")


@dataclass(frozen=True)
class Encrypted:
    """Use of the key by which a resource is encrypted, in the caller's name.

    Attributes:
        actions: Of KMS: "Decrypt".
        key: Path to the key; None for the one that the resource has already.
        wanted: Path to a parameter without which it is not used; None where it always is.
    """

    actions: tuple[str, ...]
    key: Place | None
    wanted: Path | None


@dataclass(frozen=True, eq=False)
class Row:
    """Rights that some operations take.

    Attributes:
        operations: botocore's names of all that are alike in it.
        actions: IAM's names, where they are others: "GetBucketPublicAccessBlock".
        instead: Action that it is instead, with a parameter: path and name.
        when: Action that it is besides, with a parameter: path and name.
        parts: Actions that it is made of, each with its resources, as far as the call has that part.
        about: Resources that it is about. Each has to be named.
        among: Resources that it is about besides, if it names them.
        unnamed: What it is about where it names none of `about`: nothing for "*"; None if that is a
            mistake.
        tags: Path to tags in the request; None where there are none.
        tagged: Resources that are made with these tags.
        tagging: Action that tags them; "" for the service's usual one.
        keys: Condition keys from the parameters.
        passes: Roles that are handed to a service, by the service.
        also: Other actions that are authorized too, with their resources; on "*" if they have none.
        linked: Role that its service needs for itself, and makes if it is not there; "" for none.
        kms: Use of keys of KMS.
    """

    operations: tuple[str, ...]
    actions: tuple[str, ...]
    instead: tuple[tuple[Path, str], ...]
    when: tuple[tuple[Path, str], ...]
    parts: tuple[tuple[str, tuple[Place, ...]], ...]
    about: tuple[Place, ...]
    among: tuple[Place, ...]
    unnamed: tuple[Place, ...] | None
    tags: Path | None
    tagged: tuple[Place, ...]
    tagging: str
    keys: tuple[Key, ...]
    passes: tuple[tuple[str, tuple[Place, ...]], ...]
    also: tuple[tuple[str, tuple[Place, ...]], ...]
    linked: str
    kms: Encrypted | None

    @property
    def paths(self) -> Iterator[Path]:
        """All paths into the parameters."""
        others = [place for _, found in (*self.parts, *self.passes, *self.also) for place in found]
        of_kms = [self.kms.key] if self.kms and self.kms.key else []
        yield from (self.kms.wanted,) if self.kms and self.kms.wanted else ()
        for one in (
            *self.about,
            *self.among,
            *(self.unnamed or ()),
            *self.tagged,
            *others,
            *of_kms,
            *self.keys,
        ):
            yield from one.paths
        yield from (path for path, _ in (*self.instead, *self.when))
        yield from (self.tags,) if self.tags else ()


@dataclass(frozen=True, eq=False)
class Table:
    """A service.

    Attributes:
        prefix: IAM's name of it.
        models: botocore's names of it.
        signing_names: Names that its requests are signed for.
        tagging: Action that tags what is made; "" where the making is enough.
        tagging_key: Condition key that has the making operation's name then; "" where there is none.
        own_keys: Whether its resources have condition keys of their own besides tags.
        encryption_context: Of KMS, for a resource: `{arn}`, `{name}` and `{account}` are filled in.
        rows: What stands in the file.
    """

    prefix: str
    models: tuple[str, ...]
    signing_names: tuple[str, ...]
    tagging: str
    tagging_key: str
    own_keys: bool
    encryption_context: Mapping[str, str]
    rows: tuple[Row, ...]

    def row(self, operation: str) -> Row:
        """The row of an operation.

        Raises:
            UnknownOperationError: There is none, and its action is not one that IAM knows without a type
                of resource.
        """
        found = self._by_operation.get(operation)
        if found:
            return found
        if has_no_type(f"{self.prefix}:{operation}"):
            return _WITHOUT_RESOURCES
        raise UnknownOperationError(
            f"nobody knows what {self.prefix}:{operation} is about: say it in {self.prefix}.yaml"
        )

    @cached_property
    def _by_operation(self) -> Mapping[str, Row]:
        return {operation: row for row in self.rows for operation in row.operations}


@cache
def table_of(service: str) -> Table:
    """The table of a service by any of its names: IAM's, botocore's, that of its signatures.

    Raises:
        UnknownOperationError: AWS has no service of that name.
    """
    found = _named().get(service)
    if found is None:
        raise UnknownOperationError(f"nobody knows what {service} is: give it a table")
    return table(found)


@cache
def table(prefix: str) -> Table:
    """The table of a service by IAM's name of it; one without rows for a service without a file."""
    file = _FOLDER / f"{prefix}.yaml"
    content: Mapping[str, Any] = yaml.safe_load(file.read_text("utf-8")) if file.exists() else {}
    readers = content.get("readers", {})
    tagging = content.get("tagging", {})
    return Table(
        prefix,
        tuple(content.get("models", [prefix])),
        tuple(content.get("signing_names", [prefix])),
        tagging.get("action", ""),
        tagging.get("key", ""),
        content.get("own_keys", False),
        content.get("encryption_context", {}),
        tuple(_row(prefix, one, readers) for one in content.get("calls", [])),
    )


@cache
def prefixes() -> tuple[str, ...]:
    """IAM's names of all services that have a file."""
    return tuple(sorted(file.stem for file in _FOLDER.glob("*.yaml")))


@cache
def _named() -> Mapping[str, str]:
    found = {name: one for one in prefixes() for name in (one, *table(one).models, *table(one).signing_names)}
    return found | {name: name for name in _WITHOUT_A_FILE}


# Of these nothing is called but lists, which are about nothing narrower; they have one name everywhere.
_WITHOUT_A_FILE = ("lambda", "pipes", "scheduler")


def _row(prefix: str, content: Mapping[str, Any], readers: Mapping[str, str]) -> Row:
    operations = content["operations"]
    if others := content.keys() - {field.name for field in fields(Row)}:
        raise ValueError(f"{prefix}: {operations} have {', '.join(sorted(others))}, which no row has")
    about = _places(prefix, content.get("about", {}), readers)
    unnamed = content.get("unnamed")
    return Row(
        tuple(operations),
        tuple(content.get("actions", ())),
        tuple((Path(path), name) for path, name in content.get("instead", {}).items()),
        tuple((Path(path), name) for path, name in content.get("when", {}).items()),
        tuple((name, _places(prefix, specs, readers)) for name, specs in content.get("parts", {}).items()),
        about,
        _places(prefix, content.get("among", {}), readers),
        None if unnamed is None else _places(prefix, unnamed, readers),
        Path(content["tags"]) if "tags" in content else None,
        _tagged(prefix, content.get("tagged", []), about, readers),
        content.get("tagging", ""),
        tuple(key(name, spec, prefix, readers) for name, spec in content.get("keys", {}).items()),
        tuple((to, tuple(_role(one) for one in roles)) for to, roles in content.get("passes", {}).items()),
        tuple((name, _others(name, spec)) for name, spec in content.get("also", {}).items()),
        content.get("linked", ""),
        _encrypted(content["kms"]) if "kms" in content else None,
    )


def _places(prefix: str, specs: Mapping[str, Any], readers: Mapping[str, str]) -> tuple[Place, ...]:
    return tuple(place(f"{prefix}:{kind}", spec, readers) for kind, spec in specs.items())


def _others(name: str, specs: Mapping[str, Any]) -> tuple[Place, ...]:
    """Resources of another service's action."""
    return _places(name.partition(":")[0], specs, {})


def _tagged(
    prefix: str, spec: Sequence[str] | Mapping[str, Any], about: Sequence[Place], readers: Mapping[str, str]
) -> tuple[Place, ...]:
    """Resources that are made: some of what the operation is about, or places of their own."""
    if isinstance(spec, Mapping):
        return _places(prefix, spec, readers)
    return tuple(one for one in about if one.kind.removeprefix(f"{prefix}:") in spec)


def _role(spec: Any) -> Place:
    return place("iam:role", spec, {"role": "sought", "iam:role": "sought"})


def _encrypted(spec: Mapping[str, Any]) -> Encrypted:
    key = place("kms:key", {"as": "key", "of": spec["key"]}, {}) if "key" in spec else None
    return Encrypted(tuple(spec["actions"]), key, Path(spec["wanted"]) if "wanted" in spec else None)


_WITHOUT_RESOURCES = Row((), (), (), (), (), (), (), None, None, (), "", (), (), (), "", None)
