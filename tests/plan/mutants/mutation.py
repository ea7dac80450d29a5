"""A single-line change to the Terraform, as data."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import yaml

from tests.mutants.edit import MutationError, put, text_of
from tests.plan.mutants.order import Change

_FIELDS = frozenset({"file", "find", "replace", "rule", "survives"})


class AnyMutation(Protocol):
    """What the runner has to know of a mutation, written by hand or generated."""

    @property
    def name(self) -> str:
        """Name to ask for it by."""

    @property
    def file(self) -> str:
        """Path below terraform/."""

    @property
    def rule(self) -> str:
        """The rule that is broken, or the place at which something else stands."""

    @property
    def survives(self) -> str | None:
        """Why no rule has to notice; None where one has to."""

    @property
    def change(self) -> Change:
        """What tells the tests that may notice."""

    @property
    def shown(self) -> str:
        """The change, on one line."""

    def apply(self, root: Path) -> None:
        """Change the file in a copy of the root module."""


@dataclass(frozen=True)
class Mutation:
    """A change to one line of one file, and the rule that it breaks.

    Attributes:
        name: The data file and the place in it, such as "queue/3".
        file: Path below terraform/.
        find: Text that stands in one line of the file.
        replace: What takes its place; "" takes the whole line out.
        rule: The rule that is broken, in a sentence.
        survives: Why no test can notice; None where one has to.
    """

    name: str
    file: str
    find: str
    replace: str
    rule: str
    survives: str | None = None

    @property
    def change(self) -> Change:
        """What tells the tests that may notice."""
        return Change(self.file)

    @property
    def shown(self) -> str:
        """The change, on one line."""
        return f"{self.find.strip()} -> {self.replace.strip() or 'nothing'}"

    def apply(self, root: Path) -> None:
        """Change the file in a copy of the root module.

        Raises:
            MutationError: There is no such file, or the text is not in exactly one of its lines, or the
                change changes nothing.
        """
        text = text_of(self.name, root, self.file, self.find)
        changed = "".join(self._changed(line) for line in text.splitlines(keepends=True))
        put(self.name, root / self.file, text, changed)

    def _changed(self, line: str) -> str:
        if self.find not in line:
            return line
        return line.replace(self.find, self.replace) if self.replace else ""


def read_mutations(folder: Path, names: Sequence[str] = ()) -> list[Mutation]:
    """Every mutation of a folder's *.yaml files, or those whose name begins with one of these.

    Raises:
        MutationError: A field is missing or unknown, or there is nothing under a name.
    """
    found = list(_read(folder))
    for name in names:
        if not any(one.name.startswith(name) for one in found):
            raise MutationError(f"there is no mutation whose name begins with {name!r}")
    return [one for one in found if not names or one.name.startswith(tuple(names))]


def _read(folder: Path) -> Iterator[Mutation]:
    for file in sorted(folder.glob("*.yaml")):
        for number, fields in enumerate(yaml.safe_load(file.read_text()) or [], 1):
            yield _mutation(f"{file.stem}/{number}", fields)


def _mutation(name: str, fields: dict[str, Any]) -> Mutation:
    unknown, missing = fields.keys() - _FIELDS, _FIELDS - {"survives"} - fields.keys()
    if unknown or missing:
        raise MutationError(f"{name}: unknown {sorted(unknown)}, missing {sorted(missing)}")
    return Mutation(
        name, **{field: value if value is None else str(value) for field, value in fields.items()}
    )
