"""Invalid fields of a request, in the words of JSON and in bounded length."""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from pydantic import ValidationError

from notification_api.models import InvalidField

MAX_ERRORS = 20
"""Invalid fields that one answer names."""
MAX_POINTER = 200
MAX_DETAIL = 300

# Validation's own words name classes of ours or types of Python here.
_SAID = {
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "dict_type": "must be an object",
    "list_type": "must be an array",
    "too_long": "must have at most {max_length} items",
    "too_short": "must have at least {min_length} items",
    "timezone_aware": "must have a time zone, as in 2026-11-29T12:00:00Z",
}
# What it says of these is fit for callers as it is.
_FIT = frozenset(
    {
        "missing",
        "extra_forbidden",
        "string_type",
        "string_too_short",
        "string_too_long",
        "string_pattern_mismatch",
        "literal_error",
        "value_error",
        "bool_type",
        "bool_parsing",
        "int_type",
        "int_parsing",
        "datetime_type",
        "datetime_parsing",
        "datetime_from_date_parsing",
        "datetime_future",
        "url_type",
        "url_parsing",
        "url_scheme",
        "url_too_long",
        "variable",
    }
)


class InvalidError(Exception):
    """A request that is not valid.

    Attributes:
        errors: What is wrong with it, at most `MAX_ERRORS`.
        more: Whether there is more than that.
    """

    def __init__(self, errors: Sequence[InvalidField], *, more: bool = False) -> None:
        super().__init__(f"{len(errors)} invalid fields")
        self.errors = list(errors)
        self.more = more


def invalid_fields(error: ValidationError, parents: Sequence[str | int] = (), skip: int = 0) -> InvalidError:
    """Invalid fields that validation has found in a document.

    Args:
        error: What it raised.
        parents: Place of the document in the caller's own.
        skip: How many parts at the beginning of each place are none of the caller's.
    """
    found = error.errors(include_url=False, include_input=False)
    fields = [_field(each, parents, skip) for each in islice(found, MAX_ERRORS)]
    return InvalidError(fields, more=len(found) > MAX_ERRORS)


def _field(error: Mapping[str, Any], parents: Sequence[str | int], skip: int) -> InvalidField:
    return InvalidField(
        pointer=pointer(*parents, *error["loc"][skip:]),
        detail=_shortened(_detail(error), MAX_DETAIL),
    )


def _detail(error: Mapping[str, Any]) -> str:
    said = _SAID.get(error["type"])
    if said is not None:
        return said.format_map(error.get("ctx", {}))
    if error["type"] in _FIT:
        text: str = error["msg"]
        return text.removeprefix("Value error, ")
    return "is not valid"


def pointer(*parts: str | int) -> str:
    """A JSON pointer as a URI fragment (RFC 6901 section 6); one too long to be of use is cut short."""
    return _shortened("#" + "".join(f"/{_escaped(part)}" for part in parts), MAX_POINTER)


def _escaped(part: str | int) -> str:
    # A name may be as long as a body.
    return str(part)[:MAX_POINTER].replace("~", "~0").replace("/", "~1")


def _shortened(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
