"""Callers' JSON: read, checked and complained about with work that the size of a body bounds.

A mebibyte of JSON has room for more than 100,000 members that may each be wrong. Validation knows no end
before it has found all of them, so a document is cut down to what decides about it before it is validated:
what is valid is never touched, and what is not stays invalid for the same reasons.
"""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from notification_api.models import (
    BATCH,
    ITEM,
    MAX_ITEMS,
    MAX_VARIABLES,
    NOTIFICATION,
    InvalidField,
    Rules,
    TemplatedItem,
    TemplatedNotification,
    WrittenItem,
    WrittenNotification,
)

ValidT = TypeVar("ValidT")

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

# In this order, so that a document that is cut down is always cut down alike.
_NAMES = tuple(dict.fromkeys([*WrittenItem.model_fields, *TemplatedItem.model_fields]))
_NOTIFICATIONS = "notifications"
_DATA = "data"


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


def read_json(body: bytes) -> Any:
    """The document that a body holds; of members of the same name the last counts.

    Nesting deeper than 200 levels, numbers of more than 4,300 digits, `NaN` and lone surrogates are no JSON
    here.

    Raises:
        InvalidError: It is no JSON.
    """
    try:
        return from_json(body, allow_inf_nan=False, cache_strings="keys")
    except ValueError as error:
        raise InvalidError([InvalidField(pointer="#", detail=f"invalid JSON: {error}")]) from None


def notification_of(document: Any, rules: Rules) -> WrittenNotification | TemplatedNotification:
    """The notification that a document describes, by the rules of the settings.

    Raises:
        InvalidError: It describes none.
    """
    return _valid(NOTIFICATION, document, rules)


def items_of(document: Any) -> list[Any]:
    """The notifications of a batch, each still to be checked by `item_of`.

    Raises:
        InvalidError: The document is no batch.
    """
    if type(document) is dict:
        document = _few_members(document, (_NOTIFICATIONS,))
        listed = document.get(_NOTIFICATIONS)
        if type(listed) is list and len(listed) > MAX_ITEMS:
            document[_NOTIFICATIONS] = listed[: MAX_ITEMS + 1]
    try:
        return list(BATCH.validate_python(document).notifications)
    except ValidationError as error:
        raise invalid_fields(error) from None


def item_of(document: Any, place: int, rules: Rules) -> WrittenItem | TemplatedItem:
    """The notification that is found at a place of a batch, from 0.

    Raises:
        InvalidError: It is none.
    """
    return _valid(ITEM, document, rules, _NOTIFICATIONS, place)


def _valid(adapter: TypeAdapter[ValidT], document: Any, rules: Rules, *parents: str | int) -> ValidT:
    if type(document) is dict and (len(document) > len(_NAMES) or _DATA in document):
        document = _cut_down(document)
    try:
        # Without the adapter's own call around it, which costs as much as the validation of a field.
        valid: ValidT = adapter.validator.validate_python(document, context=rules)
    except ValidationError as error:
        # The first part of each place names the form that was meant.
        raise invalid_fields(error, parents, skip=1) from None
    return valid


def _cut_down(document: dict[str, Any]) -> dict[str, Any]:
    document = _few_members(document, _NAMES)
    data = document.get(_DATA)
    if type(data) is dict and len(data) > MAX_VARIABLES:
        # One too many of them, with values that are fine: the number alone is complained about.
        document = {**document, _DATA: dict.fromkeys(islice(data, MAX_VARIABLES + 1), 0)}
    return document


def _few_members(document: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """The members that may be there, and of any others one more than is ever complained about."""
    if len(document) <= len(names) + MAX_ERRORS:
        return document
    unknown = ((name, value) for name, value in document.items() if name not in names)
    return {
        **{name: document[name] for name in names if name in document},
        **dict(islice(unknown, MAX_ERRORS + 1)),
    }


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
