"""Expected inventories as data: what a plan's resources, counts and outputs should be.

A file in inventories/ lists `values` (address, then arguments), `counts` (resources of each type) and
`outputs`; a plan must have all of that, and may have more unless the file says `complete: true`. What is
listed under `absent` it must not have: an address, or an address and an argument, or "outputs" and the name
of one, parted by " / ".

A file with a `base` lists only what differs from that other file, whose texts are first `renamed`.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.plan.canonical import canonical, resource_values
from tests.plan.difference import Difference, differences
from tests.plan.view import Plan

FOLDER = Path(__file__).with_name("inventories")
_SECTIONS = ("values", "outputs")
_BETWEEN = " / "
_OUTPUTS = "outputs"

Tree = dict[str, Any]


@dataclass
class Inventory:
    """What a plan should hold, or what it holds."""

    values: Tree
    outputs: Tree
    counts: dict[str, int]
    absent: set[str] = field(default_factory=set)
    complete: bool = False

    def section(self, name: str) -> Tree:
        """Values or outputs."""
        return dict(getattr(self, name))


def planned(plan: Plan, leave_out: re.Pattern[str] | None = None) -> Inventory:
    """Everything that is known of a plan, without the addresses that begin with a pattern."""
    changes = [one for one in plan.changes if leave_out is None or not leave_out.match(one["address"])]
    values = {
        change["address"]: resource_values(change["change"]["after"], change["change"]["after_sensitive"])
        for change in changes
    }
    kinds = Counter(change["type"] for change in changes)
    counts = {"resources": kinds.total(), **dict(sorted(kinds.items()))}
    return Inventory(dict(sorted(values.items())), canonical(plan.outputs), counts, complete=True)


def expected(name: str, folder: Path = FOLDER) -> Inventory:
    """An inventory as its file and the files that it is based on say."""
    return _composed(_read(folder / f"{name}.yaml"), folder)


def mismatches(wanted: Inventory, found: Inventory) -> list[Difference]:
    """In what a plan differs from an inventory."""
    counted = differences({"counts": wanted.counts}, {"counts": found.counts}, complete=wanted.complete)
    listed = (
        one
        for section in _SECTIONS
        for one in differences(wanted.section(section), found.section(section), complete=wanted.complete)
    )
    return [*listed, *counted, *_present(wanted.absent, found)]


def write(name: str, found: Inventory, folder: Path = FOLDER) -> Path:
    """Write an inventory from what is planned; a file that has a base keeps it.

    Returns:
        The file.
    """
    file = folder / f"{name}.yaml"
    old = _read(file) if file.exists() else {}
    if "base" in old:
        head = {part: old[part] for part in ("base", "renamed") if part in old}
        content = head | _overlay(_composed(head, folder), found)
    else:
        parts = {"counts": found.counts, "outputs": found.outputs, "values": found.values}
        content = {"complete": True} | parts
    write_tree(file, command(name), content)
    return file


def write_tree(file: Path, by: str, content: Tree) -> None:
    """Write an inventory's file, with the command that writes it."""
    file.write_text(f"# Written by `{by}`; read the change before you commit it.\n{_yaml(content)}")


def command(name: str) -> str:
    """What writes an inventory anew."""
    return f"python -m pytest tests/plan/test_inventories.py --write {name}"


def _read(file: Path) -> Tree:
    return dict(yaml.safe_load(file.read_text()))


def _composed(content: Tree, folder: Path) -> Inventory:
    base = Inventory({}, {}, {})
    absent = set(content.get("absent", []))
    if "base" in content:
        base = _composed(_read(folder / content["base"]), folder)
        for section in _SECTIONS:
            setattr(base, section, _renamed(base.section(section), content.get("renamed", {})))
        for place in absent:
            _remove(base, place.split(_BETWEEN))
    for section in _SECTIONS:
        setattr(base, section, _merged(base.section(section), content.get(section, {})))
    base.counts = {
        kind: number for kind, number in (base.counts | content.get("counts", {})).items() if number
    }
    base.absent = absent
    base.complete = content.get("complete", base.complete)
    return base


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping):
        return {_renamed(key, names): _renamed(one, names) for key, one in value.items()}
    if isinstance(value, list):
        return [_renamed(one, names) for one in value]
    if isinstance(value, str):
        for old, new in names.items():
            value = value.replace(old, new)
    return value


def _merged(under: Any, over: Any) -> Any:
    if isinstance(under, Mapping) and isinstance(over, Mapping):
        both = {key: _merged(under[key], over[key]) for key in under.keys() & over.keys()}
        return {**under, **over, **both}
    return over


def _remove(inventory: Inventory, path: list[str]) -> None:
    *above, last = path
    within: Any = inventory.outputs if above[:1] == [_OUTPUTS] else inventory.values
    for part in above[1:] if above[:1] == [_OUTPUTS] else above:
        within = within[part]
    del within[last]


def _present(absent: set[str], found: Inventory) -> Iterator[Difference]:
    for place in sorted(absent):
        address, *path = place.split(_BETWEEN)
        within: Any = found.outputs if address == _OUTPUTS else found.values.get(address)
        for part in path:
            within = within.get(part) if isinstance(within, Mapping) else None
        if within is not None:
            yield Difference(address, ".".join(path), "nothing", within)


def _overlay(base: Inventory, found: Inventory) -> Tree:
    """What an inventory lists beside its base."""
    absent: list[str] = []
    values = _changed(base.values, found.values, (), absent)
    outputs = _changed(base.outputs, found.outputs, (_OUTPUTS,), absent)
    kinds = sorted(base.counts.keys() | found.counts.keys())
    counts = {
        kind: found.counts.get(kind, 0)
        for kind in kinds
        if base.counts.get(kind, 0) != found.counts.get(kind, 0)
    }
    parts = {"counts": counts, "absent": absent, "outputs": outputs, "values": values}
    return {name: part for name, part in parts.items() if part}


def _changed(base: Tree, found: Tree, path: tuple[str, ...], absent: list[str]) -> Tree:
    absent.extend(_BETWEEN.join((*path, key)) for key in base if key not in found)
    changed: Tree = {}
    for key, value in found.items():
        if key not in base:
            changed[key] = value
        elif isinstance(value, dict) and isinstance(base[key], dict):
            further = len(absent)
            below = _changed(base[key], value, (*path, key), absent)
            if below:
                changed[key] = below
            elif not value and len(absent) > further:
                changed[key] = {}
        elif differences({key: base[key]}, {key: value}, complete=True):
            changed[key] = value
    return changed


class _Dumper(yaml.SafeDumper):
    """YAML without references from one place to another."""

    def ignore_aliases(self, data: Any) -> bool:
        del data
        return True


def _yaml(content: Tree) -> str:
    return yaml.dump(content, Dumper=_Dumper, sort_keys=False, width=110, allow_unicode=True)
