"""Callers' JSON: read, checked and complained about with work that the size of a body bounds.

A mebibyte of JSON has room for more than 100,000 members that may each be wrong. Validation knows no end
before it has found all of them, so a document is cut down to what decides about it before it is validated:
what is valid is never touched, and what is not stays invalid for the same reasons.
"""

from itertools import islice
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from notification_api.invalid_fields import MAX_ERRORS, InvalidError, invalid_fields
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

# In this order, so that a document that is cut down is always cut down alike.
_NAMES = tuple(dict.fromkeys([*WrittenItem.model_fields, *TemplatedItem.model_fields]))
_NOTIFICATIONS = "notifications"
_DATA = "data"


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
        raise InvalidError([InvalidField(pointer="#", detail=f"not JSON: {error}")]) from None


def notification(document: Any, rules: Rules) -> WrittenNotification | TemplatedNotification:
    """The notification that a document describes, by the rules of the settings.

    Raises:
        InvalidError: It describes none.
    """
    return _valid(NOTIFICATION, document, rules)


def notifications(document: Any) -> list[Any]:
    """The notifications of a batch, each still to be checked by `item`.

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


def item(document: Any, place: int, rules: Rules) -> WrittenItem | TemplatedItem:
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
