"""Follows the references in a configuration through modules to the resources they end at.

A plan cannot say where a value comes from that is known only after an apply. The text can.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.plan.expressions import code
from tests.plan.hcl import Body, Module, read_module

_STEP = r"""\.(?:[A-Za-z_][\w-]*|\*|\d+)|\[(?:"[^"]*"|[^\[\]"]*)\]"""
_TRAVERSAL = re.compile(rf"(?<![\w.-])(?P<root>[A-Za-z_][\w-]*)(?P<steps>(?:{_STEP})+)(?!\()")
_ALONE = re.compile(rf"\$\{{\s*(?P<root>[A-Za-z_][\w-]*)(?P<steps>(?:{_STEP})*)\s*\}}")
# A member of a map or a set, whichever.
_MEMBER = "[each]"
_SPLATS = ("[*]", ".*")
_SETTLED = frozenset({"count", "path", "self", "terraform"})
# Arguments that belong to Terraform, not to the resource.
META = frozenset({"depends_on", "lifecycle", "provisioner", "connection", "provider", "providers", "source"})


class UnresolvedReferenceError(ValueError):
    """A reference names something that the configuration does not have."""


@dataclass(frozen=True, order=True)
class Origin:
    """A resource and the attribute that is taken from it, such as ".arn"; "" for the whole of it."""

    address: str
    attribute: str = ""

    def __str__(self) -> str:
        """As it would be written in the root module."""
        return f"{self.address}{self.attribute}"


@dataclass(frozen=True)
class Scope:
    """A module of the configuration, with where it lies and what its caller gives it."""

    module: Module
    path: tuple[str, ...] = ()
    parent: "Scope | None" = None
    call: Body = field(default_factory=dict)

    def child(self, name: str) -> "Scope":
        """The module that is called `name` here."""
        call = self.module.calls.get(name)
        if call is None:
            raise UnresolvedReferenceError(f"{self} calls no module.{name}")
        folder = (self.module.folder / _text(call["source"])).resolve()
        return Scope(read_module(folder), (*self.path, f"module.{name}"), self, call)

    def address(self, name: str) -> str:
        """The address of a resource of this module, from the root."""
        return ".".join((*self.path, name))

    def __str__(self) -> str:
        """As a person would call it."""
        return ".".join(self.path) or "the root module"


@dataclass(frozen=True)
class Within:
    """What stands around an expression: the for_each of its block, and the iterators of dynamic blocks."""

    each: Any = None
    iterators: Mapping[str, Any] = field(default_factory=dict)


def root_scope(folder: Path) -> Scope:
    """A configuration, from its root module's folder."""
    return Scope(read_module(folder.resolve()))


def sources(root: Scope, address: str, *path: str) -> set[str]:
    """Addresses of the resources that an argument takes its value from.

    Args:
        root: The configuration.
        address: A resource, such as "module.cluster.aws_ecs_cluster.this"; or a module, such as
            "module.cluster", to follow one of its inputs.
        path: The argument, with the blocks it is in: "network_configuration", "subnets".

    Raises:
        UnresolvedReferenceError: A reference on the way names nothing.
    """
    scope, name = _locate(root, address)
    if name:
        body = _resource(scope, name)
    else:
        body, scope = scope.call, scope.parent or scope
    return {origin.address for origin in _argument(scope, body, Within(body.get("for_each")), path)}


def output_sources(root: Scope, name: str) -> set[str]:
    """Addresses of the resources that an output of the root module takes its value from."""
    return {origin.address for origin in output_origins(root, name)}


def output_origins(scope: Scope, name: str) -> set[Origin]:
    """What an output takes its value from."""
    return set(_follow(scope, scope.module.outputs[name]["value"], (), Within()))


def scopes(scope: Scope) -> Iterator[Scope]:
    """A module, and every module below it."""
    yield scope
    for name in scope.module.calls:
        yield from scopes(scope.child(name))


def arguments(scope: Scope, body: Body) -> Iterator[tuple[str, set[Origin]]]:
    """Each argument of a block, such as "network_configuration.subnets", with where it comes from."""
    yield from _arguments(scope, body, Within(body.get("for_each")), "")


def _arguments(scope: Scope, body: Body, within: Within, prefix: str) -> Iterator[tuple[str, set[Origin]]]:
    for name, value in body.items():
        if name in META:
            continue
        if name == "dynamic":
            for label, block in ((one, each[one]) for each in value for one in each):
                inner = _dynamic(within, label, block)
                yield f"{prefix}{label}", set(_follow(scope, block["for_each"], (), within))
                for content in block["content"]:
                    yield from _arguments(scope, content, inner, f"{prefix}{label}.")
        elif _is_blocks(value):
            for place, block in enumerate(value):
                numbered = f"{name}.{place}" if len(value) > 1 else name
                yield from _arguments(scope, block, within, f"{prefix}{numbered}.")
        else:
            yield f"{prefix}{name}", set(_follow(scope, value, (), within))


def _argument(scope: Scope, body: Body, within: Within, path: tuple[str, ...]) -> Iterator[Origin]:
    name, *rest = path
    found = False
    for each in body.get("dynamic", []):
        if name in each:
            found = True
            for content in each[name]["content"]:
                yield from _argument(scope, content, _dynamic(within, name, each[name]), tuple(rest))
    if name in body:
        value = body[name]
        if rest and _is_blocks(value):
            yield from _argument(scope, value[0], within, tuple(rest))
        else:
            yield from _follow(scope, value, tuple(f".{part}" for part in rest), within)
    elif not found:
        raise KeyError(name)


def _dynamic(within: Within, label: str, block: Body) -> Within:
    iterator = _text(block.get("iterator", label)).strip("${}")
    return Within(within.each, {**within.iterators, iterator: block["for_each"]})


def _is_blocks(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def _locate(root: Scope, address: str) -> tuple[Scope, str]:
    """The module that an address lies in, and the rest of the address."""
    scope, name = root, re.sub(r"\[[^\]]*\]", "", address)
    while name.startswith("module."):
        _, call, *rest = name.split(".", 2)
        scope, name = scope.child(call), "".join(rest)
    return scope, name


def _resource(scope: Scope, name: str) -> Body:
    if name not in scope.module.resources:
        raise UnresolvedReferenceError(f"{scope} has no {name}")
    return scope.module.resources[name]


def _follow(scope: Scope, value: Any, steps: tuple[str, ...], within: Within) -> Iterator[Origin]:
    """Where a value, or the part of it that the steps lead to, comes from."""
    if isinstance(value, str):
        alone = _ALONE.fullmatch(value)
        if alone:
            yield from _resolve(scope, alone["root"], (*_steps(alone["steps"]), *steps), within, value)
        else:
            for root, further in _traversals(code(value)):
                yield from _resolve(scope, root, further, within, value)
    elif isinstance(value, Mapping):
        yield from _follow_object(scope, value, steps, within)
    elif isinstance(value, list):
        place = _place(steps[0]) if steps else None
        for one in value if place is None else value[place : place + 1]:
            yield from _follow(scope, one, steps[1:], within)


def _follow_object(
    scope: Scope, value: Mapping[str, Any], steps: tuple[str, ...], within: Within
) -> Iterator[Origin]:
    key = _key(steps[0]) if steps else None
    if steps and steps[0] in _SPLATS:
        # A splat makes a list of one out of what is no list.
        yield from _follow(scope, value, steps[2:] if steps[1:2] == (_MEMBER,) else steps[1:], within)
    elif key is not None:
        if key in value:
            yield from _follow(scope, value[key], steps[1:], within)
    else:
        # A computed key may lead to every member; the keys' own references count too.
        for name, one in value.items():
            yield from _follow(scope, name, (), within)
            yield from _follow(scope, one, steps[1:], within)


def _resolve(scope: Scope, root: str, steps: tuple[str, ...], within: Within, text: str) -> Iterator[Origin]:
    """Where a single reference leads."""
    for step in steps:
        if (
            step.startswith("[")
            and _key(step) is None
            and _place(step) is None
            and step not in (*_SPLATS, _MEMBER)
        ):
            yield from _follow(scope, f"${{{step[1:-1]}}}", (), within)
    if root in ("each", *within.iterators):
        source = within.each if root == "each" else within.iterators[root]
        if steps[:1] == (".value",):
            # A map's values, or a set's members.
            yield from _follow(scope, source, (_MEMBER, *steps[1:]) if len(steps) > 1 else (), within)
    elif root == "var":
        yield from _input(scope, steps)
    elif root == "local":
        yield from _local(scope, steps)
    elif root == "module":
        yield from _module(scope, steps)
    elif root not in _SETTLED:
        yield from _named(scope, root, steps, text)


def _input(scope: Scope, steps: tuple[str, ...]) -> Iterator[Origin]:
    name = steps[0][1:]
    if name not in scope.module.variables:
        raise UnresolvedReferenceError(f"{scope} has no var.{name}")
    if scope.parent is not None and name in scope.call:
        yield from _follow(scope.parent, scope.call[name], steps[1:], Within(scope.call.get("for_each")))


def _local(scope: Scope, steps: tuple[str, ...]) -> Iterator[Origin]:
    name = steps[0][1:]
    if name not in scope.module.locals:
        raise UnresolvedReferenceError(f"{scope} has no local.{name}")
    yield from _follow(scope, scope.module.locals[name], steps[1:], Within())


def _module(scope: Scope, steps: tuple[str, ...]) -> Iterator[Origin]:
    child = scope.child(steps[0][1:])
    # A module with count or for_each has an instance before the output.
    further = steps[1:]
    while further and (further[0].startswith("[") or further[0] == ".*"):
        further = further[1:]
    wanted = [further[0][1:]] if further else list(child.module.outputs)
    for name in wanted:
        if name not in child.module.outputs:
            raise UnresolvedReferenceError(f"{child} has no output {name}")
        yield from _follow(child, child.module.outputs[name]["value"], further[1:], Within())


def _named(scope: Scope, root: str, steps: tuple[str, ...], text: str) -> Iterator[Origin]:
    """A resource or data source; a variable of a `for` has been followed with what it runs over."""
    taken = 2 if root == "data" else 1
    name = f"{root}{''.join(steps[:taken])}"
    if name in scope.module.resources:
        attributes = "".join(steps[taken:]).replace(_MEMBER, "[*]")
        for attribute in [attributes] if attributes else _attributes_beyond(name, text):
            yield Origin(scope.address(name), attribute)
    elif root == "data" or root.startswith("aws_"):
        raise UnresolvedReferenceError(f"{scope} has no {name}")


def _attributes_beyond(name: str, text: str) -> list[str]:
    """What `[for one in aws_subnet.this : one.id]` or `one(aws_subnet.this).id` takes: ["[*].id"]."""
    taken = re.findall(rf"\b{re.escape(name)}\)+((?:{_STEP})+)", text)
    found = {f"[*].{_steps(steps)[-1].lstrip('.')}" for steps in taken}
    for each in re.finditer(rf"for\s+(?:\w+\s*,\s*)?(\w+)\s+in\s+{re.escape(name)}\s*:", text):
        found |= {f"[*].{attribute}" for attribute in re.findall(rf"\b{each[1]}\.(\w+)", text[each.end() :])}
    return sorted(found) or [""]


def _traversals(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    for found in _TRAVERSAL.finditer(text):
        yield found["root"], _steps(found["steps"])


def _steps(text: str) -> tuple[str, ...]:
    return tuple(re.findall(_STEP, text))


def _key(step: str) -> str | None:
    """The name that a step leads to, if it is written out."""
    if step.startswith('["'):
        return step[2:-2]
    if step.startswith(".") and step != ".*" and not step[1:].isdigit():
        return step[1:]
    return None


def _is_computed(step: str) -> bool:
    written_out = _key(step) is not None or _place(step) is not None
    return step.startswith("[") and not written_out and step not in (*_SPLATS, _MEMBER)


def _place(step: str) -> int | None:
    digits = step.strip(".[]")
    return int(digits) if digits.isdigit() else None


def _text(value: Any) -> str:
    return str(value).strip('"')
