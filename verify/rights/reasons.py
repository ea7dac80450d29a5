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
        found[key.value] = tuple(one for node in items.value for one in _entries(file, key.value, node))
    return Reasons(**found)


def _entries(file: Path, kind: str, node: yaml.Node) -> Iterator[Reason]:
    """An entry, as often as it names actions or resources."""
    if not isinstance(node, yaml.MappingNode):
        raise _wrong(file, node, "an entry has role, reason and what it is about")
    fields = {key.value: value for key, value in node.value}
    about = {"action", "resource"} & fields.keys()
    if kind == REFUSED and about != {"action"}:
        raise _wrong(file, node, "an entry for what is refused names an action")
    if len(about) != 1:
        raise _wrong(file, node, "an entry names an action or a resource")
    if fields.keys() - about != {"role", "reason"}:
        raise _wrong(file, node, "an entry has role and reason beside what it is about, and nothing else")
    texts = {name: _text(file, name, fields[name]) for name in ("role", "reason")}
    (name,) = about
    value = fields[name]
    several = [(one, one) for one in value.value] if isinstance(value, yaml.SequenceNode) else [(node, value)]
    for place, one in several:
        yield Reason(f"{file.name}:{_line(place)}", **texts, **{name: _text(file, name, one)})


def _text(file: Path, name: str, value: yaml.Node) -> str:
    if not isinstance(value, yaml.ScalarNode) or not value.value.strip():
        raise _wrong(file, value, f"{name} must be a text")
    return str(value.value).strip()


def _wrong(file: Path, node: yaml.Node | None, problem: str) -> LoadError:
    return LoadError(f"{file.name}:{_line(node) if node else 1}: {problem}")


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
