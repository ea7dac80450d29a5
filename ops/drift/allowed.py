"""File of differences that may stand for a while: ops/drift.yaml."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from ops.drift.finding import Finding
from ops.drift.patterns import matches
from ops.errors import UsageError

FILE = Path(__file__).resolve().parents[1] / "drift.yaml"
"""The file of this repository."""

_TEXTS = ("resource", "attribute", "reason", "owner")
_REQUIRED = (*_TEXTS, "until")
_KEYS = (*_REQUIRED, "environment")


@dataclass(frozen=True)
class Allowed:
    """A difference that may stand.

    Attributes:
        line: Line of the file that it begins in.
        resource: Pattern of the finding's resource; `*` stands for anything.
        attribute: Pattern of its attribute.
        reason: Why it stands.
        owner: Who sees to it.
        until: Last day on which it may.
        environment: The one that it is for; empty for all.
    """

    line: int
    resource: str
    attribute: str
    reason: str
    owner: str
    until: date
    environment: str = ""

    def covers(self, finding: Finding) -> bool:
        """Whether a finding is this difference."""
        return matches(self.resource, finding.resource) and matches(self.attribute, finding.attribute)


@dataclass(frozen=True)
class Sorted:
    """Findings after what may stand is taken out.

    Attributes:
        findings: Those that count, expired entries among them.
        standing: Those that may stand, each with its entry.
        unused: Entries that are for no finding.
    """

    findings: tuple[Finding, ...]
    standing: tuple[tuple[Finding, Allowed], ...]
    unused: tuple[Allowed, ...]


def read(file: Path, environment: str) -> list[Allowed]:
    """Entries of a file for an environment.

    Raises:
        UsageError: It is no such file; the error names the line.
    """
    try:
        root = yaml.compose(file.read_text("utf-8"), Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file.name} cannot be read: {error}") from None
    except yaml.YAMLError as error:
        raise UsageError(f"{file.name} is no YAML: {' '.join(str(error).split())}") from None
    entries = [_entry(file, node) for node in _items(file, root)]
    return [one for one in entries if one.environment in {"", environment}]


def sort(findings: Sequence[Finding], entries: Sequence[Allowed], today: date) -> Sorted:
    """Take out what may stand; an entry past its last day allows nothing, and is a finding itself."""
    valid = [one for one in entries if one.until >= today]
    standing, rest = [], []
    for finding in findings:
        entry = next((one for one in valid if one.covers(finding)), None)
        if entry is None:
            rest.append(finding)
        else:
            standing.append((finding, entry))
    used = {entry for _, entry in standing}
    expired = [
        Finding(
            f"ops/{FILE.name}:{one.line}",
            "until",
            f"{one.resource} {one.attribute} is put right by {one.until}",
            f"expired: {one.reason}",
            one.owner,
            f"ops/{FILE.name}",
        )
        for one in entries
        if one.until < today
    ]
    unused = tuple(one for one in valid if one not in used)
    return Sorted(tuple(sorted((*rest, *expired))), tuple(standing), unused)


def _items(file: Path, root: yaml.Node | None) -> list[yaml.Node]:
    if not isinstance(root, yaml.MappingNode):
        raise _wrong(file, root, "it must be `allowed:` and a list")
    for key, value in root.value:
        if key.value != "allowed":
            raise _wrong(file, key, f"there is no key {key.value!r} here: only `allowed`")
        if not isinstance(value, yaml.SequenceNode):
            raise _wrong(file, value, "allowed must be a list")
        return list(value.value)
    raise _wrong(file, root, "it must be `allowed:` and a list")


def _entry(file: Path, node: yaml.Node) -> Allowed:
    if not isinstance(node, yaml.MappingNode):
        raise _wrong(file, node, f"an entry must have {', '.join(_REQUIRED)}")
    texts = dict(_texts(file, node))
    missing = [key for key in _REQUIRED if key not in texts]
    if missing:
        raise _wrong(file, node, f"{', '.join(missing)} is missing: say it, or put the difference right")
    day = texts.pop("until")
    try:
        until = date.fromisoformat(day)
    except ValueError:
        raise _wrong(file, node, f"until must be a day such as 2027-03-31, and is {day!r}") from None
    return Allowed(_line(node), until=until, **texts)


def _texts(file: Path, node: yaml.MappingNode) -> Iterator[tuple[str, str]]:
    seen = set()
    for key, value in node.value:
        name = key.value
        if name not in _KEYS:
            raise _wrong(file, key, f"there is no key {name!r}: there are {', '.join(_KEYS)}")
        if name in seen:
            raise _wrong(file, key, f"{name} is there twice")
        if not isinstance(value, yaml.ScalarNode) or not value.value.strip():
            raise _wrong(file, value, f"{name} must be a text")
        seen.add(name)
        yield name, value.value.strip()


def _wrong(file: Path, node: yaml.Node | None, problem: str) -> UsageError:
    return UsageError(f"{file.name}:{1 if node is None else _line(node)}: {problem}")


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
