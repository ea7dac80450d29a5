"""Values of a resource before and after a plan, and where they differ."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import zip_longest
from typing import Any, Final

# Names by which members of a list of blocks are told apart, wherever they stand in it: sets have no order.
_NAMES = ("id", "name", "device_name", "key", "region_name", "cidr")

Path = tuple[str, ...]


class Unknown(Enum):
    """Values that a plan does not know yet."""

    UNTIL_APPLY = "known after apply"


UNKNOWN: Final = Unknown.UNTIL_APPLY


@dataclass(frozen=True)
class Difference:
    """A value that is not what it was.

    Attributes:
        path: Names of attributes; an index is "[0]", a member that has a name '["name"]'.
        before: The value that was; None if there was none.
        after: The value that comes; None if there is none, UNKNOWN until the apply.
        hidden: Whether Terraform marks either as sensitive.
    """

    path: Path
    before: Any
    after: Any
    hidden: bool = False

    @property
    def attribute(self) -> str:
        """The path as a person writes it: "health_check[0].path"."""
        return ".".join(self.path).replace(".[", "[")

    @property
    def pattern(self) -> str:
        """The path without indexes: "health_check.path", "setting.containerInsights.value"."""
        return ".".join(part.strip('[]"') for part in self.path if not part.strip("[]").isdigit())


@dataclass(frozen=True)
class _Side:
    """One of the two trees, with Terraform's marks of what in it is sensitive."""

    value: Any
    marks: Any

    def member(self, key: str | int) -> "_Side":
        """The value at a name or a place."""
        marks = self.marks
        if isinstance(marks, (Mapping, list)):
            marks = _at(marks, key)
        return _Side(_at(self.value, key), marks)

    def named(self, places: Mapping[str, int], name: str) -> "_Side":
        """The member of a name, by the places of all that have one."""
        return self.member(places[name]) if name in places else _Side(None, None)

    @property
    def blocks(self) -> bool:
        """Whether this is a list of blocks, or may be one that is empty."""
        value = self.value
        return value is None or (isinstance(value, list) and all(isinstance(one, Mapping) for one in value))


def known(after: Any, unknown: Any) -> Any:
    """Values that come with the apply, with UNKNOWN where `after_unknown` says so."""
    if unknown is True:
        return UNKNOWN
    if isinstance(unknown, Mapping) and is_marked(unknown):
        values = dict(after) if isinstance(after, Mapping) else {}
        return values | {
            name: known(values.get(name), one)
            for name, one in unknown.items()
            if name in values or is_marked(one)
        }
    if isinstance(unknown, list) and is_marked(unknown):
        return [known(value, one) for value, one in zip_longest(listed(after), unknown)]
    return after


def differences(before: Any, after: Any, marks_before: Any, marks_after: Any) -> Iterator[Difference]:
    """Every value that differs, as deep as it lies."""
    yield from _walk((), _Side(before, marks_before), _Side(after, marks_after))


def number(value: Any) -> float | None:
    """A value as a number, which the provider writes as text now and then; None if it is none."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        return float(value)
    except ValueError:
        return None


def listed(value: Any) -> list[Any]:
    """A list as it is, nothing as an empty list, all else as a list of one."""
    if value is None or value is UNKNOWN:
        return []
    return value if isinstance(value, list) else [value]


def blocks(value: Any) -> list[Mapping[str, Any]]:
    """Those members of a list of blocks that are known."""
    return [one for one in listed(value) if isinstance(one, Mapping)]


def _walk(path: Path, before: _Side, after: _Side) -> Iterator[Difference]:
    if UNKNOWN in (before.value, after.value):
        yield from _leaf(path, before, after)
    elif isinstance(before.value, Mapping) or isinstance(after.value, Mapping):
        for name in dict.fromkeys([*_keys(before.value), *_keys(after.value)]):
            yield from _walk((*path, name), before.member(name), after.member(name))
    elif before.blocks and after.blocks:
        yield from _walk_blocks(path, before, after)
    else:
        yield from _leaf(path, before, after)


def _walk_blocks(path: Path, before: _Side, after: _Side) -> Iterator[Difference]:
    counts = len(listed(before.value)), len(listed(after.value))
    places_before, places_after = _named(before.value), _named(after.value)
    if places_before is None or places_after is None or (counts == (1, 1) and places_before != places_after):
        # Without names nobody knows which of many is which, unless there are as many as before; the only one
        # is the same under another name.
        if max(counts) <= 1 or counts[0] == counts[1]:
            for index in range(max(counts)):
                yield from _walk((*path, f"[{index}]"), before.member(index), after.member(index))
        return
    for name in dict.fromkeys([*places_before, *places_after]):
        yield from _walk(
            (*path, f'["{name}"]'), before.named(places_before, name), after.named(places_after, name)
        )


def _leaf(path: Path, before: _Side, after: _Side) -> Iterator[Difference]:
    if before.value != after.value:
        hidden = any(is_marked(side.marks) for side in (before, after))
        yield Difference(path, before.value, after.value, hidden)


def _named(blocks_: Any) -> dict[str, int] | None:
    """Places of the blocks by their names; None if some have none, or two the same."""
    for key in _NAMES:
        names = [block.get(key) for block in listed(blocks_)]
        if all(isinstance(name, str) and name for name in names) and len(set(names)) == len(names):
            return {name: place for place, name in enumerate(names)}
    return None


def _keys(value: Any) -> list[str]:
    return [str(name) for name in value] if isinstance(value, Mapping) else []


def _at(value: Any, key: str | int) -> Any:
    if isinstance(value, Mapping):
        return value.get(key)
    if isinstance(value, list) and isinstance(key, int):
        return value[key] if key < len(value) else None
    return None


def is_marked(marks: Any) -> bool:
    """Whether anything below is marked."""
    if isinstance(marks, Mapping):
        return any(is_marked(one) for one in marks.values())
    if isinstance(marks, list):
        return any(is_marked(one) for one in marks)
    return marks is True
