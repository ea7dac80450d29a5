"""A fault, as data."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.mutants.edit import MutationError, put, text_of

_NEEDED = frozenset({"fault", "file", "find", "replace", "noticed_by"})
_SCENARIO = "autoscaling"


@dataclass(frozen=True)
class Fault:
    """A text of one file that is replaced, and the checks whose sentence names what that breaks.

    Attributes:
        name: The data file and the place in it, such as "stage/3".
        fault: Sentence on what is broken.
        file: Path in the repository.
        find: Text that the file has once.
        replace: What takes its place.
        noticed_by: Checks of which at least one has to be red.
        scenario: Name of the scenario in which it shows.
    """

    name: str
    fault: str
    file: str
    find: str
    replace: str
    noticed_by: tuple[str, ...]
    scenario: str = _SCENARIO

    def apply(self, root: Path) -> None:
        """Plant it in a copy of the repository.

        Raises:
            MutationError: The text is not in the file once, or nothing would change.
        """
        text = text_of(self.name, root, self.file, self.find)
        put(self.name, root / self.file, text, text.replace(self.find, self.replace))


@dataclass(frozen=True)
class Control:
    """No fault at all, which goes the same way and has to pass.

    Attributes:
        scenario: Name of the scenario that is run.
    """

    scenario: str = _SCENARIO
    name: str = "control"
    fault: str = "Nothing is changed."
    noticed_by: tuple[str, ...] = ()

    def apply(self, root: Path) -> None:
        """Change nothing."""


def read_faults(folder: Path, names: Sequence[str] = ()) -> list[Fault]:
    """Faults of a folder's *.yaml files, or those whose name begins with one of these.

    Raises:
        MutationError: A field is missing or unknown, or there is nothing under a name.
    """
    found = list(_read(folder))
    for name in names:
        if not any(_is_called(one, name) for one in found):
            raise MutationError(
                f"there is no fault {name!r}: there are {', '.join(one.name for one in found)}"
            )
    return [one for one in found if not names or any(_is_called(one, name) for name in names)]


def _is_called(fault: Fault, name: str) -> bool:
    """Whether a name is the fault's own or its file's: stage/1 is not stage/10."""
    return name in {fault.name, fault.name.partition("/")[0]}


def _read(folder: Path) -> Iterator[Fault]:
    for file in sorted(folder.glob("*.yaml")):
        for number, fields in enumerate(yaml.safe_load(file.read_text()), 1):
            yield _fault(f"{file.stem}/{number}", fields)


def _fault(name: str, fields: dict[str, Any]) -> Fault:
    unknown, missing = fields.keys() - _NEEDED - {"scenario"}, _NEEDED - fields.keys()
    if unknown or missing or not fields.get("noticed_by"):
        raise MutationError(f"{name}: unknown {sorted(unknown)}, missing {sorted(missing) or 'noticed_by'}")
    return Fault(name, **(fields | {"noticed_by": tuple(fields["noticed_by"])}))
