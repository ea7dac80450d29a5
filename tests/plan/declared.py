"""What the text of the configuration says and no plan shows, as data.

Lifecycles, providers and backends, versions, what is sensitive or ephemeral: the arguments of Terraform
itself. Conditions of variables are not among them: test_variables.py has Terraform refuse values.
"""

from pathlib import Path
from typing import Any

from tests.plan.hcl import Body, Module, read_module

_FLAGS = ("sensitive", "ephemeral", "nullable")
_OF_RESOURCES = ("lifecycle", "provider")


def declared(root: Path) -> dict[str, Any]:
    """What each folder of modules declares, by the folder's path from the root module; "." is the root."""
    folders = sorted({file.parent for file in root.rglob("*.tf") if ".terraform" not in file.parts})
    said = {str(folder.relative_to(root)): _of_module(read_module(folder)) for folder in folders}
    return {folder: parts for folder, parts in said.items() if parts}


def _of_module(module: Module) -> dict[str, Any]:
    resources = {name: _arguments(body) for name, body in module.resources.items()}
    parts = {
        # A module's versions are compared with the root's in test_module.py.
        "terraform": [] if module.folder.parent.name == "modules" else _unquoted(module.terraform),
        "providers": _unquoted(module.providers),
        "resources": {name: arguments for name, arguments in sorted(resources.items()) if arguments},
        "variables": _flagged(module.variables),
        "outputs": _flagged(module.outputs),
        "others": _unquoted(module.others),
    }
    return {name: part for name, part in parts.items() if part}


def _arguments(body: Body) -> dict[str, Any]:
    """Terraform's own arguments, and those that go to AWS without being kept."""
    return {
        name: _unquoted(value)
        for name, value in body.items()
        if name in _OF_RESOURCES or name.endswith(("_wo", "_wo_version"))
    }


def _flagged(blocks: dict[str, Body]) -> dict[str, Any]:
    found = {
        name: {flag: body[flag] for flag in _FLAGS if flag in body} for name, body in sorted(blocks.items())
    }
    return {name: flags for name, flags in found.items() if flags}


def _unquoted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _unquoted(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_unquoted(one) for one in value]
    if isinstance(value, str) and value.startswith('"') and value.endswith('"'):
        return value[1:-1]
    return value
