"""Finding: one attribute of one resource that is not as declared."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

NONE = "(none)"
"""Text of what is not there."""

PRESENT = "present"
"""Text of a resource that is there."""

_MAX_LENGTH = 300

OPERATOR = "an operator, by hand; undo it there or declare it in terraform/"
APPLY = "an apply of terraform/, or an operator by hand"


@dataclass(frozen=True, order=True)
class Finding:
    """One attribute that is not as declared.

    Attributes:
        resource: Terraform's address; of what no state owns, its ARN or name.
        attribute: Path, in the words of Terraform's provider, such as `ingress[sgr-1]`.
        expected: Declared value, as text.
        actual: Value that AWS tells, as text.
        changed_by: Persons or programs that may change it.
        source: Name of the source that told it, such as "terraform plan".
    """

    resource: str
    attribute: str
    expected: str
    actual: str
    changed_by: str = OPERATOR
    source: str = ""


def compared(
    resource: str, values: Mapping[str, tuple[Any, Any]], changed_by: str = OPERATOR
) -> Iterator[Finding]:
    """Findings of attributes that differ.

    Args:
        resource: Address.
        values: Expected and actual value by attribute; nothing, an empty text and an empty list are equal.
        changed_by: As for `Finding`.
    """
    for attribute, (expected, actual) in values.items():
        if not same(expected, actual):
            yield Finding(resource, attribute, text(expected), text(actual), changed_by)


def same(expected: object, actual: object) -> bool:
    """Whether two values mean the same to AWS: unordered lists, documents whatever way they are written."""
    return bool(canonical(expected) == canonical(actual))


def canonical(value: Any) -> Any:
    """A value in the one form that all equal ones have.

    Policies may name one action by itself or in a list, and lists in any order
    (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html).
    """
    if empty(value):
        return None
    if isinstance(value, str):
        parsed = document(value)
        return value if parsed is None else canonical(parsed)
    if isinstance(value, Mapping):
        items = {key: canonical(one) for key, one in value.items()}
        if items.get("Principal") == {"AWS": "*"}:
            items["Principal"] = "*"
        return {key: one for key, one in items.items() if not empty(one)} or None
    if isinstance(value, list | tuple | set | frozenset):
        members = sorted(map(canonical, value), key=repr)
        return (members[0] if len(members) == 1 else members) or None
    return value


def empty(value: object) -> bool:
    """Whether a value says nothing; 0 and false say something."""
    return value is None or value in ("", [], {})


def without_zeros(value: Any) -> Any:
    """A value without what says as little as null where nobody has said anything: zero and false."""
    if isinstance(value, Mapping):
        items = {key: without_zeros(one) for key, one in value.items()}
        return {key: one for key, one in items.items() if one is not None}
    if isinstance(value, list):
        return [one for one in map(without_zeros, value) if one is not None and one != {}]
    return value or None


def document(value: object) -> Any:
    """A JSON object or array that a text holds; None if it holds none."""
    if not isinstance(value, str) or value[:1] not in {"{", "["}:
        return None
    try:
        return json.loads(value)
    except ValueError:
        return None


def text(value: object) -> str:
    """A value for a table's cell: in one line, and cut where it is too long."""
    if empty(value):
        return NONE
    if isinstance(value, set | frozenset):
        value = sorted(value, key=repr)
    shown = value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)
    line = " ".join(shown.split())
    return line if len(line) <= _MAX_LENGTH else line[: _MAX_LENGTH - 1] + "…"
