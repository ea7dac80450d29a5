"""Differences between two values of a resource in Terraform's JSON, path by path."""

from collections.abc import Iterator
from typing import Any

from ops.drift.finding import document, same, text

SENSITIVE = "(sensitive)"
"""Shown in the place of a value that Terraform marks as sensitive."""

Difference = tuple[str, str, str]


def differences(expected: Any, actual: Any, sensitive: Any = False, path: str = "") -> Iterator[Difference]:
    """Path, expected and actual text of each part that differs.

    Args:
        expected: Value as declared.
        actual: Value as it is.
        sensitive: Terraform's marks, in the same form as the value: true where it is sensitive.
        path: Of the value itself.
    """
    if same(expected, actual):
        return
    # Marks of another form than the value's: all of it is taken to be sensitive.
    if isinstance(expected, dict | str) and not isinstance(sensitive, dict) and marked(sensitive):
        sensitive = True
    if sensitive is True:
        yield path, SENSITIVE, SENSITIVE
        return
    before, after = document(expected) or expected, document(actual) or actual
    if isinstance(before, dict) and isinstance(after, dict):
        marks = sensitive if isinstance(sensitive, dict) else {}
        for key in sorted({*before, *after}):
            inner = f"{path}.{key}" if path else key
            yield from differences(before.get(key), after.get(key), marks.get(key, False), inner)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after) == 1:
        mark = sensitive[0] if isinstance(sensitive, list) and sensitive else False
        yield from differences(before[0], after[0], mark, f"{path}[0]")
    elif marked(sensitive):
        yield path, SENSITIVE, SENSITIVE
    else:
        yield path, text(expected), text(actual)


def merged(left: Any, right: Any) -> Any:
    """Marks of both: what is sensitive in one of two values is so in the other."""
    if not left or not right:
        return left or right
    if isinstance(left, dict) and isinstance(right, dict):
        return {key: merged(left.get(key), right.get(key)) for key in {*left, *right}}
    if isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        return [merged(*pair) for pair in zip(left, right, strict=True)]
    return marked(left) or marked(right)


def marked(sensitive: Any) -> bool:
    """Whether anything within is marked."""
    if isinstance(sensitive, dict):
        return any(map(marked, sensitive.values()))
    if isinstance(sensitive, list):
        return any(map(marked, sensitive))
    return sensitive is True
