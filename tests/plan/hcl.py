"""The text of a module, read block by block."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import hcl2

Body = dict[str, Any]
# What the reader adds for itself.
_ITS_OWN = "__"


@dataclass
class Module:
    """The blocks of a folder's *.tf files, by name; a block that has no name is in a list."""

    folder: Path
    resources: dict[str, Body] = field(default_factory=dict)
    calls: dict[str, Body] = field(default_factory=dict)
    outputs: dict[str, Body] = field(default_factory=dict)
    variables: dict[str, Body] = field(default_factory=dict)
    locals: Body = field(default_factory=dict)
    providers: dict[str, Body] = field(default_factory=dict)
    terraform: list[Body] = field(default_factory=list)
    others: dict[str, list[Body]] = field(default_factory=dict)


@cache
def read_module(folder: Path) -> Module:
    """Read a module; overrides are left out."""
    module = Module(folder)
    for file in sorted(folder.glob("*.tf")):
        if file.stem != "override" and not file.stem.endswith("_override"):
            content = plain(hcl2.loads(file.read_text()))
            for kind, blocks in content.items():
                for block in blocks:
                    _take(module, kind, block)
    return module


def plain(value: Any) -> Any:
    """A value without the reader's own notes, and without the quotes around names."""
    if isinstance(value, dict):
        return {key.strip('"'): plain(one) for key, one in value.items() if not key.startswith(_ITS_OWN)}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value


def texts(value: Any) -> Iterator[str]:
    """Every expression and text in a value."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield key
            yield from texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts(one)
    elif isinstance(value, str):
        yield value


def _take(module: Module, kind: str, block: Body) -> None:
    if kind in ("resource", "data", "ephemeral"):
        for type_, named in block.items():
            prefix = "" if kind == "resource" else f"{kind}."
            module.resources |= {f"{prefix}{type_}.{name}": body for name, body in named.items()}
    elif kind == "locals":
        module.locals |= block
    elif kind == "terraform":
        module.terraform.append(block)
    else:
        named_blocks = {
            "module": module.calls,
            "output": module.outputs,
            "variable": module.variables,
            "provider": module.providers,
        }
        if kind in named_blocks:
            named_blocks[kind].update(block)
        else:
            module.others.setdefault(kind, []).append(block)
