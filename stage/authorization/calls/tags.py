"""Tags in a call's parameters, which each service spells in its own way."""

from collections.abc import Iterator, Mapping
from typing import Any

_KEYS = ("Key", "key", "TagKey")
_VALUES = ("Value", "value", "TagValue")


def tags_in(found: Any) -> dict[str, str | None]:
    """Tags by their keys; of tags that are to be taken away, the keys with None.

    Args:
        found: A mapping, a list of keys with values in any of AWS's spellings, a list of keys, or None.
    """
    if isinstance(found, Mapping):
        return {str(key): str(value) for key, value in found.items()}
    return dict(_pair(one) for one in _flat(found))


def _flat(found: Any) -> Iterator[Any]:
    for one in found or ():
        if isinstance(one, list):
            yield from _flat(one)
        else:
            yield one


def _pair(tag: Any) -> tuple[str, str | None]:
    if not isinstance(tag, Mapping):
        return str(tag), None
    value = _first(tag, _VALUES)
    return str(_first(tag, _KEYS)), "" if value is None else str(value)


def _first(tag: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((tag[name] for name in names if name in tag), None)
