"""Calls of AWS that Python code can make, found in its text: nothing is run, and nobody keeps a list.

Whatever has the name of a method of AWS's clients counts: an attribute (`iam.get_role`, called or handed on)
and a text (`listed(iam, "list_roles", "Roles")`, a row of a table). There are clients of all services whose
names stand anywhere in the same program. So too much is found rather than too little; what has such a name
and is no call is for the reader to say.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import botocore.session
from botocore import xform_name
from botocore.exceptions import UnknownServiceError
from botocore.waiter import WaiterModel

from tests.plan.receivers import Receivers
from tests.selection import ROOT, reached

_SESSION = botocore.session.get_session()
SERVICES = frozenset(_SESSION.get_available_services())
"""boto3's names of all services."""
# What boto3 gives its client of S3 beside AWS's operations
# (https://boto3.amazonaws.com/v1/documentation/api/latest/guide/s3.html).
_TRANSFERS = {
    "download_file": "GetObject",
    "download_fileobj": "GetObject",
    "upload_file": "PutObject",
    "upload_fileobj": "PutObject",
}


@dataclass(frozen=True, order=True)
class Call:
    """A call of AWS.

    Attributes:
        place: File and line, such as "ops/redeploy.py:91".
        method: Name by which it is made, such as "update_service".
        services: boto3's names of the services that it may be a call of: one, if that can be told.
    """

    place: str
    method: str
    services: tuple[str, ...]


def program(pattern: str) -> list[Path]:
    """Files of ours that a program consists of: those that match, and all that they import at any distance.

    Args:
        pattern: Path from the repository's root, such as "ops/drift/command.py" or "verify/**/*.py".
    """
    return sorted({path for begin in ROOT.glob(pattern) for path in reached(begin) if path.is_file()})


def calls_of(files: Iterable[Path]) -> list[Call]:
    """Calls that a program can make.

    Args:
        files: All files of the program.
    """
    return calls_in({path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in files})


def calls_in(sources: Mapping[str, str]) -> list[Call]:
    """Calls that a program can make.

    Args:
        sources: Text of all its files, by their names.
    """
    trees = {name: ast.parse(source) for name, source in sources.items()}
    services = {text for tree in trees.values() for _, text in _texts(tree) if text in SERVICES}
    return sorted({call for name, tree in trees.items() for call in _calls(name, tree, services)})


@cache
def methods(service: str) -> Mapping[str, str]:
    """AWS's operations of a service, by the name of what calls them: a method, a paginator or a waiter."""
    operations = {xform_name(name): name for name in _SESSION.get_service_model(service).operation_names}
    return {**_waiters(service), **(_TRANSFERS if service == "s3" else {}), **operations}


def needs_a_name(service: str, operation: str) -> bool:
    """Whether an operation cannot be called without any parameter, such as the name of what it is about."""
    shape = _SESSION.get_service_model(service).operation_model(operation).input_shape
    return shape is not None and bool(shape.required_members)


def _calls(name: str, tree: ast.Module, services: set[str]) -> Iterator[Call]:
    receivers = Receivers(tree, services)
    for node, method in [*_attributes(tree), *_texts(tree)]:
        candidates = [service for service in services if method in methods(service)]
        if not candidates:
            continue
        told = receivers.service_of(node) if len(candidates) > 1 else None
        yield Call(
            f"{name}:{node.lineno}", method, (told,) if told in candidates else tuple(sorted(candidates))
        )


def _attributes(tree: ast.Module) -> Iterator[tuple[ast.expr, str]]:
    return ((node, node.attr) for node in ast.walk(tree) if isinstance(node, ast.Attribute))


def _texts(tree: ast.Module) -> Iterator[tuple[ast.expr, str]]:
    """Whole texts: a piece of one, such as the ending in f"{word}es", names nothing."""
    pieces = {piece for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for piece in node.values}
    return (
        (node, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in pieces
    )


def _waiters(service: str) -> dict[str, str]:
    loader = _SESSION.get_component("data_loader")
    try:
        model = WaiterModel(loader.load_service_model(service, "waiters-2"))
    except UnknownServiceError:
        return {}
    return {xform_name(name): model.get_waiter(name).operation for name in model.waiter_names}
