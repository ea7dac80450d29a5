"""File of reasons: verify/rights/reasons.yaml."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from verify.errors import LoadError
from verify.rights.patterns import matches

FILE = Path(__file__).with_name("reasons.yaml")
"""The file of this repository."""

UNUSED, REFUSED = "unused", "refused"
"""Lists of the file."""

_ROLE = ":role/"


@dataclass(frozen=True)
class Reason:
    """An entry.

    Attributes:
        place: File and line, such as "reasons.yaml:12".
        role: Pattern of roles' names.
        reason: In words.
        action: Pattern of actions; "" for an entry about a resource.
        resource: Pattern of resources as statements name them; "" for an entry about actions.
    """

    place: str
    role: str
    reason: str
    action: str = ""
    resource: str = ""

    def covers_action(self, principal: str, action: str) -> bool:
        """Whether it is for an action of somebody's, such as "sqs:SendMessage"."""
        return matches(self.role, name_of(principal)) and matches(self.action.lower(), action.lower())

    def covers_resource(self, principal: str, resource: str) -> bool:
        """Whether it is for a resource that a statement of somebody's names."""
        return matches(self.role, name_of(principal)) and matches(self.resource, resource)


@dataclass(frozen=True)
class Reasons:
    """Entries of a file.

    Attributes:
        unused: For rights that nothing uses.
        refused: For calls that are refused.
    """

    unused: tuple[Reason, ...] = ()
    refused: tuple[Reason, ...] = ()


def name_of(principal: str) -> str:
    """A role's name, without path and account; anybody else is called as it is recorded."""
    return principal.rpartition("/")[2] if _ROLE in principal else principal


def read(file: Path = FILE) -> Reasons:
    """Entries of a file.

    Raises:
        LoadError: It is no such file; the error names the line.
    """
    try:
        root = yaml.compose(file.read_text("utf-8"), Loader=yaml.SafeLoader)
    except (OSError, ValueError) as error:
        raise LoadError(f"{file.name} cannot be read: {error}") from None
    except yaml.YAMLError as error:
        raise LoadError(f"{file.name} is no YAML: {' '.join(str(error).split())}") from None
    if not isinstance(root, yaml.MappingNode):
        raise _wrong(file, root, f"it has two lists, {UNUSED} and {REFUSED}")
    found: dict[str, tuple[Reason, ...]] = {}
    for key, items in root.value:
        if key.value not in (UNUSED, REFUSED):
            raise _wrong(file, key, f"there is no list {key.value!r}: there are {UNUSED} and {REFUSED}")
        if not isinstance(items, yaml.SequenceNode):
            raise _wrong(file, items, f"{key.value} must be a list")
        found[key.value] = tuple(_entry(file, key.value, node) for node in items.value)
    return Reasons(**found)


def _entry(file: Path, kind: str, node: yaml.Node) -> Reason:
    if not isinstance(node, yaml.MappingNode):
        raise _wrong(file, node, "an entry has role, reason and what it is about")
    texts = dict(_texts(file, node))
    about = {"action", "resource"} & set(texts)
    if kind == REFUSED and about != {"action"}:
        raise _wrong(file, node, "an entry for what is refused names an action")
    if len(about) != 1:
        raise _wrong(file, node, "an entry names an action or a resource")
    if set(texts) - about != {"role", "reason"}:
        raise _wrong(file, node, "an entry has role and reason beside what it is about, and nothing else")
    return Reason(f"{file.name}:{_line(node)}", **texts)


def _texts(file: Path, node: yaml.MappingNode) -> Iterator[tuple[str, str]]:
    for key, value in node.value:
        if not isinstance(value, yaml.ScalarNode) or not value.value.strip():
            raise _wrong(file, value, f"{key.value} must be a text")
        yield key.value, value.value.strip()


def _wrong(file: Path, node: yaml.Node | None, problem: str) -> LoadError:
    return LoadError(f"{file.name}:{_line(node) if node else 1}: {problem}")


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
