"""Says in what two trees of values differ, one line a value."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_MAX_VALUE_LENGTH = 300
NOTHING = "nothing"


@dataclass(frozen=True)
class Difference:
    """A value that is not as expected: where it is, what was expected, what there is."""

    address: str
    argument: str
    expected: Any
    planned: Any

    def __str__(self) -> str:
        """One line, such as "visibility_timeout_seconds: expected 30, planned 60"."""
        said = f"expected {_short(self.expected)}, planned {_short(self.planned)}"
        return f"{self.argument}: {said}" if self.argument else said


def differences(
    expected: Mapping[str, Any], planned: Mapping[str, Any], *, complete: bool
) -> list[Difference]:
    """Compare by address; with `complete`, what is planned beyond what is expected differs too."""
    found: list[Difference] = []
    addresses = [*expected, *(sorted(planned.keys() - expected.keys()) if complete else ())]
    for address in addresses:
        if address not in planned:
            found.append(Difference(address, "", expected[address], NOTHING))
        elif address not in expected:
            found.append(Difference(address, "", NOTHING, planned[address]))
        else:
            walked = _walk((), expected[address], planned[address], complete)
            found.extend(Difference(address, path, *pair) for path, *pair in walked)
    return found


def readable(found: Sequence[Difference]) -> str:
    """Differences under their addresses."""
    lines: list[str] = []
    address = None
    for one in found:
        if one.address != address:
            address = one.address
            lines.append(f"  {address}")
        lines.append(f"    {one}")
    return "\n".join(lines)


def _walk(
    path: tuple[str, ...], expected: Any, planned: Any, complete: bool
) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(expected, Mapping) and isinstance(planned, Mapping):
        for key in [*expected, *(planned.keys() - expected.keys() if complete else ())]:
            yield from _walk((*path, key), expected.get(key, NOTHING), planned.get(key, NOTHING), complete)
    elif isinstance(expected, list) and isinstance(planned, list) and len(expected) == len(planned):
        for place, (one, other) in enumerate(zip(expected, planned, strict=True)):
            yield from _walk((*path, str(place)), one, other, complete)
    elif expected != planned or isinstance(expected, bool) != isinstance(planned, bool):
        yield ".".join(path), expected, planned


def _short(value: Any) -> str:
    text = value if value is NOTHING else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _MAX_VALUE_LENGTH else f"{text[:_MAX_VALUE_LENGTH]}…"
