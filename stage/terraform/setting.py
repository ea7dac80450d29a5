"""Values of single variables, given on top of those that a module was applied with."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from stage.errors import StageError

# https://developer.hashicorp.com/terraform/language/values/variables#variables-on-the-command-line
_TAKEN_AS_TEXT = {None, "string", "number", "bool"}

Declared = Mapping[str, str | None]
"""Types of a module's variables by their names; None where one names none."""


@dataclass(frozen=True)
class Setting:
    """A value of one variable, as a file has it.

    Attributes:
        name: The variable.
        content: Content of the file.
        suffix: `.tfvars` or `.tfvars.json`.
    """

    name: str
    content: str = field(repr=False)
    suffix: str


def declared_in(folder: Path) -> Declared:
    """The variables of a root module."""
    # Most commands of a stage set no variable, and its parser takes a tenth of a second to import.
    import hcl2  # noqa: PLC0415

    types: dict[str, str | None] = {}
    for path in sorted(folder.glob("*.tf")):
        for block in hcl2.loads(path.read_text()).get("variable", []):
            for name, body in block.items():
                types[name.strip('"')] = body.get("type")
    return types


def setting(name: str, value: object, declared: Declared) -> Setting:
    """A value of Python's as a setting.

    Raises:
        StageError: There is no such variable.
    """
    _require(name, declared)
    return Setting(name, json.dumps({name: value}), ".tfvars.json")


def parse(argument: str, declared: Declared) -> Setting:
    """A setting from `NAME=VALUE`, as Terraform's `-var` takes it.

    Raises:
        StageError: It is written otherwise, or there is no such variable.
    """
    name, equals, value = argument.partition("=")
    if not equals:
        raise StageError("-var takes NAME=VALUE: there is no = in what it was given")
    name = name.strip()
    _require(name, declared)
    if declared[name] in _TAKEN_AS_TEXT:
        return setting(name, value, declared)
    return Setting(name, f"{name} = {value}\n", ".tfvars")


def _require(name: str, declared: Declared) -> None:
    # In a file, Terraform would only warn of it.
    if name not in declared:
        raise StageError(f"there is no variable {name!r}: there is {', '.join(sorted(declared))}")
