"""Follows a configuration's references through modules to the resources they end at."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_RESOURCE = re.compile(r"^(?:data\.)?[a-z0-9_]+\.[a-z0-9_]+")


@dataclass(frozen=True)
class Scope:
    """A module in the configuration: its path from the root, and its parent."""

    path: tuple[str, ...]
    module: dict[str, Any]
    parent: "Scope | None" = None

    def child(self, name: str) -> "Scope":
        """The module that is called `name` here."""
        return Scope((*self.path, f"module.{name}"), self.module["module_calls"][name]["module"], self)

    @property
    def call(self) -> dict[str, Any]:
        """How the parent calls this module."""
        assert self.parent is not None, "nobody calls the root module"
        call: dict[str, Any] = self.parent.module["module_calls"][self.path[-1].removeprefix("module.")]
        return call

    def resource(self, address: str) -> dict[str, Any]:
        """The resource with this address inside the module, such as "aws_lb.this"."""
        return next(found for found in self.module["resources"] if found["address"] == address)


def sources(root: dict[str, Any], address: str, *path: str) -> set[str]:
    """Addresses of the resources that an argument takes its value from.

    Args:
        root: `configuration.root_module` of a plan.
        address: A resource, such as "module.cluster.aws_ecs_cluster.this"; or a module, such as
            "module.cluster", to follow one of its inputs.
        path: The argument, with the blocks it is in: "network_configuration", "subnets".
    """
    scope, name = _locate(root, address)
    within: dict[str, Any] = {}
    if name:
        within = scope.resource(name)
        expressions = within["expressions"]
    else:
        expressions = scope.call["expressions"]
        scope = scope.parent or scope
    for part in path:
        expressions = expressions[0][part] if isinstance(expressions, list) else expressions[part]
    return set(_follow(scope, expressions, within.get("for_each_expression", {})))


def output_sources(root: dict[str, Any], name: str) -> set[str]:
    """Addresses of the resources that an output of the root module takes its value from."""
    return set(_follow(Scope((), root), root["outputs"][name]["expression"], {}))


def find(root: dict[str, Any], address: str) -> dict[str, Any]:
    """A resource as it is written, by its address."""
    scope, name = _locate(root, address)
    return scope.resource(name)


def _locate(root: dict[str, Any], address: str) -> tuple[Scope, str]:
    """The module that an address lies in, and the rest of the address."""
    scope, name = Scope((), root), address
    while name.startswith("module."):
        _, call, *rest = name.split(".", 2)
        scope, name = scope.child(call), "".join(rest)
    return scope, name


def _follow(scope: Scope, expression: dict[str, Any], each: dict[str, Any]) -> Iterator[str]:
    for reference in _longest(expression):
        kind, _, rest = reference.partition(".")
        name, _, attribute = rest.partition(".")
        if reference.startswith("each.value"):
            yield from _follow(scope, each, {})
        elif kind == "var" and scope.parent is not None:
            yield from _input(scope, name, attribute)
        elif kind == "module":
            child = scope.child(name)
            outputs = child.module["outputs"]
            wanted = [outputs[re.split(r"[.\[]", attribute)[0]]] if attribute else outputs.values()
            for output in wanted:
                yield from _follow(child, output["expression"], {})
        elif kind not in ("each", "var", "local"):
            found = _RESOURCE.match(reference)
            yield ".".join((*scope.path, found[0] if found else reference))


def _longest(expression: dict[str, Any]) -> list[str]:
    """References without their own beginnings: Terraform lists "module.x.y" and then "module.x" too."""
    references: list[str] = expression.get("references", [])
    return [
        one for one in references if not any(other.startswith((f"{one}.", f"{one}[")) for other in references)
    ]


def _input(scope: Scope, name: str, attribute: str) -> Iterator[str]:
    """What the caller gives for a variable; a whole module that is given is narrowed to one output."""
    references = [
        f"{reference}.{attribute}" if re.fullmatch(r"module\.\w+", reference) and attribute else reference
        for reference in _longest(scope.call["expressions"].get(name, {}))
    ]
    if scope.parent is not None:
        yield from _follow(scope.parent, {"references": references}, {})
