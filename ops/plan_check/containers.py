"""Containers of a new task definition that may do more, or tell less.

That the definition is replaced is no finding: every release does so, and the old revision stays.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ops.plan_check.change import Change
from ops.plan_check.finding import Finding, Kind
from ops.plan_check.values import blocks, listed

_Container = Mapping[str, Any]

# Kind, what is asked of a container, and the sentence if the answer is yes, where it was no.
_QUESTIONS: tuple[tuple[Kind, str, Callable[[_Container], bool], str], ...] = (
    (
        Kind.PROTECTION,
        "privileged",
        lambda container: container.get("privileged") is True,
        "The container runs with the rights of the host's root.",
    ),
    (
        Kind.PROTECTION,
        "readonlyRootFilesystem",
        lambda container: container.get("readonlyRootFilesystem") is not True,
        "The container's root file system can be written to: whoever breaks in can leave programs there.",
    ),
    (
        Kind.PROTECTION,
        "user",
        lambda container: str(container.get("user") or "root").partition(":")[0] in ("0", "root"),
        "The container runs as root.",
    ),
    (
        Kind.PROTECTION,
        "linuxParameters.capabilities.drop",
        lambda container: "ALL" not in _capabilities(container, "drop"),
        "The container keeps capabilities of the kernel that it gave up.",
    ),
    (
        Kind.WATCHING,
        "logConfiguration",
        lambda container: not container.get("logConfiguration"),
        "The container's log goes nowhere.",
    ),
)


def containers_differ(change: Change) -> Iterator[Finding]:
    """Settings of containers that get worse; of containers that are new, nothing."""
    if change.type != "aws_ecs_task_definition" or not change.compared:
        return
    before, after = _containers(change.before), _containers(change.after)
    for name in sorted(before.keys() & after.keys()):
        for kind, attribute, sentence, told in _worse(before[name], after[name]):
            path = f'container_definitions["{name}"].{attribute}'
            yield Finding(change.address, kind, sentence, path, after=told)


def _worse(old: _Container, new: _Container) -> Iterator[tuple[Kind, str, str, str]]:
    """Kind, attribute, sentence and new value of each setting that gets worse."""
    for kind, attribute, is_worse, sentence in _QUESTIONS:
        if is_worse(new) and not is_worse(old):
            yield kind, attribute, sentence, ""
    added = set(_capabilities(new, "add")) - set(_capabilities(old, "add"))
    if added:
        sentence = "The container gets further capabilities of the kernel."
        yield Kind.PROTECTION, "linuxParameters.capabilities.add", sentence, ", ".join(sorted(added))
    plain = _names(old, "secrets") & _names(new, "environment")
    if plain:
        sentence = "A secret is written in plain text, where it was read when the container starts."
        yield Kind.ENCRYPTION, "environment", sentence, ", ".join(sorted(plain))


def _containers(values: Mapping[str, Any]) -> dict[str, _Container]:
    """Containers by their names; none if they cannot be read."""
    text = values.get("container_definitions")
    try:
        found = json.loads(text) if isinstance(text, str) else []
    except ValueError:
        return {}
    return {str(one.get("name")): one for one in listed(found) if isinstance(one, Mapping)}


def _capabilities(container: _Container, which: str) -> list[str]:
    parameters = container.get("linuxParameters") or {}
    return [str(one) for one in listed((parameters.get("capabilities") or {}).get(which))]


def _names(container: _Container, which: str) -> set[str]:
    """Environment variables that are given in one of the two ways."""
    return {str(one.get("name")) for one in blocks(container.get(which))}
