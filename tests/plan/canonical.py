"""A plan's values as a person reads them: documents parsed, lists named, blanks left out."""

import json
from collections.abc import Mapping
from typing import Any

# Lists whose order means nothing and whose members have a name of their own.
_NAMES = ("name", "Sid", "sid", "id")
SENSITIVE = "(sensitive)"


def resource_values(after: Mapping[str, Any], sensitive: Any) -> dict[str, Any]:
    """What is known of a resource's arguments.

    `tags_all` is left out: it is `tags` and the provider's default tags, for which there is a rule.
    """
    hidden = sensitive if isinstance(sensitive, dict) else {}
    values = {
        name: SENSITIVE if hidden.get(name) is True else value
        for name, value in after.items()
        if name != "tags_all"
    }
    return dict(canonical(values))


def canonical(value: Any) -> Any:
    """A value with its documents parsed, its named lists made mappings, and what is empty left out."""
    if isinstance(value, Mapping):
        kept = {str(name): canonical(one) for name, one in value.items()}
        return {name: one for name, one in sorted(kept.items()) if not _empty(one)}
    if isinstance(value, list):
        return _list([canonical(one) for one in value if one is not None])
    if isinstance(value, str) and value[:1] in ("{", "["):
        return _document(value)
    return value


def _document(text: str) -> Any:
    try:
        return canonical(json.loads(text))
    except ValueError:
        return text


def _list(items: list[Any]) -> Any:
    for key in _NAMES:
        names = [item.get(key) if isinstance(item, Mapping) else None for item in items]
        if names and all(isinstance(name, str) for name in names) and len(set(names)) == len(names):
            return {item[key]: _without(item, key) for item in items}
    return items


def _without(item: Mapping[str, Any], key: str) -> Any:
    rest = {name: value for name, value in item.items() if name != key}
    return rest["value"] if set(rest) == {"value"} else rest


def _empty(value: Any) -> bool:
    return value is None or value in ("", [], {})
