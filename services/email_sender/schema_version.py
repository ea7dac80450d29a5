"""Messages that only a newer sender can read, told from those that nobody can."""

import json
import math


class _Integer(str):
    """A whole number as it was written: one of a million digits is not worth reading."""

    __slots__ = ()


def unknown_version(body: str) -> str | None:
    """Schema version of a message that could not be read, if a newer sender may know it.

    The contract counts versions in whole numbers, and JSON does not tell 2 from 2.0 (RFC 8259, 6). Texts,
    fractions and truth values are no versions, whoever reads them.

    Args:
        body: Of a message that is not one of version 1.

    Returns:
        The version as it was written; None if the message is one of version 1 or of none at all.
    """
    try:
        fields = json.loads(body, parse_int=_Integer, parse_float=_whole)
    except (ValueError, RecursionError):
        return None
    version = fields.get("schema_version") if isinstance(fields, dict) else None
    return str(version) if isinstance(version, _Integer) and version != "1" else None


def _whole(text: str) -> _Integer | float:
    number = float(text)
    return _Integer(f"{number:.0f}") if math.isfinite(number) and number.is_integer() else number
