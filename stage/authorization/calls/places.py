"""Places in a call's parameters that say what it is about."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from stage.authorization.calls.call import Call
from stage.authorization.calls.forms import filled, form_of, named_in, places
from stage.authorization.calls.paths import Path
from stage.authorization.calls.readers import READERS, Reader, takes_arns
from stage.authorization.calls.world import World

_NEW = "new"
_ACCOUNT = "Account"


@dataclass(frozen=True)
class Identified:
    """Resources that one identifier tells, or several of a kind.

    Attributes:
        kind: Type of resource, such as "sqs:queue".
        path: To the identifier, or to several.
        reader: Way from it to ARNs.
    """

    kind: str
    path: Path
    reader: Reader

    @property
    def paths(self) -> Iterable[Path]:
        """All paths."""
        return (self.path,)

    def arns(self, call: Call, world: World) -> list[str]:
        """ARNs of what a call is about; none if its parameters name nothing."""
        found: list[str] = []
        for text in self.path.texts(call.parameters):
            if text.startswith("arn:") and not takes_arns(self.reader):
                found.append(text)
            else:
                found += self.reader(self.kind, text, call, world)
        return found


@dataclass(frozen=True)
class Composed:
    """Resources that several names tell together, as cluster and service do.

    Attributes:
        kind: Type of resource.
        parts: Path to the name for each place of the ARN, in their order; None for what the call makes.
        account: Path to the number of another account; None if there cannot be one.
    """

    kind: str
    parts: tuple[Path | None, ...]
    account: Path | None = None

    @property
    def paths(self) -> Iterable[Path]:
        """All paths."""
        return (one for one in (*self.parts, self.account) if one)

    def arns(self, call: Call, world: World) -> list[str]:  # noqa: ARG002
        """ARNs of what a call is about; none if its parameters leave out a name."""
        where = call.where
        if self.account and (others := self.account.texts(call.parameters)):
            where = {**where, _ACCOUNT: others[0]}
        names = [one.texts(call.parameters) if one else ["*"] for one in self.parts]
        return [self._arn(found, where) for found in product(*names)]

    def _arn(self, names: tuple[str, ...], where: Mapping[str, str]) -> str:
        if names[-1].startswith("arn:"):
            return names[-1]
        return filled(self.kind, tuple(named_in(one) for one in names), where)


Place = Identified | Composed


def place(kind: str, spec: Any, readers: Mapping[str, str]) -> Place:
    """A place as a data file has it.

    Args:
        kind: Type of resource, such as "sqs:queue".
        spec: A path, "new", `{as: a reader, of: a path}`, or paths and "new" by the places of the ARN.
        readers: The usual reader of a type, by the type; of those that are not read as a name.

    Raises:
        ValueError: It is none of these, or leaves out a place.
    """
    if spec == _NEW:
        return Composed(kind, (None,) * len(places(kind)))
    if isinstance(spec, str):
        return Identified(kind, Path(spec), READERS[readers.get(kind.partition(":")[2], "name")])
    if spec.keys() == {"as", "of"}:
        return Identified(kind, Path(spec["of"]), READERS[spec["as"]])
    if spec.keys() - {_ACCOUNT} != set(places(kind)):
        raise ValueError(f"{kind} has the places {', '.join(places(kind))}: {form_of(kind)}")
    parts = tuple(None if spec[one] == _NEW else Path(spec[one]) for one in places(kind))
    return Composed(kind, parts, Path(spec[_ACCOUNT]) if _ACCOUNT in spec else None)
