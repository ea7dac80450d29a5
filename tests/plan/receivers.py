"""The service whose client a method belongs to, where more than one service has a method of that name."""

import ast
from collections.abc import Collection, Iterator

_Function = ast.FunctionDef | ast.AsyncFunctionDef
# Methods of a client that are given the name of another one.
_BY_NAME = {"can_paginate", "get_paginator", "get_waiter"}
_MAX_STEPS = 8


class Receivers:
    """Clients in a module, followed through its names, and from a function's parameters to its callers.

    Args:
        tree: The module.
        services: boto3's names of the services that there are clients of.
    """

    def __init__(self, tree: ast.Module, services: Collection[str]) -> None:
        self._tree = tree
        self._services = services
        self._above = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}

    def service_of(self, method: ast.expr) -> str | None:
        """The service that a method, or the text with its name, is of; None if that cannot be told."""
        client = self._client(method)
        return None if client is None else self._followed(client, _MAX_STEPS)

    def _client(self, method: ast.expr) -> ast.expr | None:
        """What the method is of: what stands before its dot, or first among arguments or in a row."""
        if isinstance(method, ast.Attribute):
            return method.value
        match self._above.get(method):
            case ast.Call(func=ast.Attribute(value=client, attr=attr)) if attr in _BY_NAME:
                return client
            case ast.Call(args=[client, *others]) if method in others:
                return client
            case ast.Tuple(elts=[client, *others]) | ast.List(elts=[client, *others]) if method in others:
                return client
        return None

    def _followed(self, client: ast.expr, steps: int) -> str | None:
        if not steps:
            return None
        match client:
            case ast.Constant(value=str(name)) | ast.Call(args=[ast.Constant(value=str(name)), *_]):
                return self._known(name)
            case ast.Attribute(attr=name):
                return self._known(name)
            case ast.Name(id=name):
                found = {self._followed(one, steps - 1) for one in self._meanings(client)}
                return found.pop() if len(found) == 1 else self._known(name)
        return None

    def _known(self, name: str) -> str | None:
        name = name.strip("_")
        return name if name in self._services else None

    def _meanings(self, name: ast.Name) -> Iterator[ast.expr]:
        """What a name stands for: what it was made by, or what a function's callers give it."""
        for function in self._around(name):
            made = list(_assigned(function, name.id))
            if made:
                yield from made
                return
            parameters = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
            if name.id in parameters:
                yield from self._given(function.name, parameters.index(name.id), name.id)
                return
        yield from _assigned(self._tree, name.id)

    def _around(self, node: ast.AST) -> Iterator[_Function]:
        while (node := self._above.get(node)) is not None:
            if isinstance(node, _Function):
                yield node

    def _given(self, function: str, position: int, parameter: str) -> Iterator[ast.expr]:
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == function:
                yield from node.args[position : position + 1]
                yield from (one.value for one in node.keywords if one.arg == parameter)


def _assigned(scope: ast.AST, name: str) -> Iterator[ast.expr]:
    """Values that a name is given within a scope, one of several at once among them."""
    for node in ast.walk(scope):
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            match target, node.value:
                case ast.Name(id=found), value if found == name:
                    yield value
                case ast.Tuple(elts=targets), ast.Tuple(elts=values):
                    yield from (
                        value
                        for one, value in zip(targets, values, strict=False)
                        if isinstance(one, ast.Name) and one.id == name
                    )
