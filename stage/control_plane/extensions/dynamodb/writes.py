"""Conditional writes that hold under load.

moto looks at the old item first and writes the new one later, with nothing to keep another thread from
doing the same in between: two conditions hold of which AWS would let one. Its transactions copy every
table that they touch, whatever they write, so that they could be undone.
"""

import threading
from collections.abc import Callable
from functools import wraps
from typing import Any

from moto.dynamodb import models
from moto.dynamodb.comparisons import get_filter_expression
from moto.dynamodb.exceptions import (
    ConditionalCheckFailed,
    MockValidationException,
    MultipleTransactionsException,
    TooManyTransactionsException,
    TransactionCanceledException,
    TransactWriteSingleOpException,
)
from moto.dynamodb.models.dynamo_type import Item
from moto.dynamodb.models.table import Table

from stage.control_plane.extensions.registration import overrides

# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
_MAX_ITEMS = 100

# One for all tables: a write takes far less than what its request takes around it.
_writing = threading.RLock()

Reason = tuple[str, str, dict[str, Any] | None] | tuple[None, None, None]


def _alone(write: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(write)
    def alone(*arguments: Any, **options: Any) -> Any:
        with _writing:
            return write(*arguments, **options)

    return alone


class DynamoDBBackend(models.DynamoDBBackend):
    """DynamoDB that takes writes one at a time, and transactions of puts without a copy of their tables."""

    put_item = overrides(_alone(models.DynamoDBBackend.put_item))
    update_item = overrides(_alone(models.DynamoDBBackend.update_item))
    delete_item = overrides(_alone(models.DynamoDBBackend.delete_item))

    @overrides
    @_alone
    def transact_write_items(self, transact_items: list[dict[str, Any]]) -> None:
        """Write all items or none.

        Raises:
            MockValidationException: The request is none that DynamoDB takes; nothing is written.
            TransactionCanceledException: With a reason for each item; nothing is written.
        """
        if len(transact_items) > _MAX_ITEMS:
            raise TooManyTransactionsException
        if any(len(item) > 1 for item in transact_items):
            raise TransactWriteSingleOpException
        if any("Put" not in item for item in transact_items):
            super().transact_write_items(transact_items)
            return
        puts = [_Put(self, item["Put"]) for item in transact_items]
        if len({put.place for put in puts}) < len(puts):
            raise MultipleTransactionsException
        _cancel_for([put.refused() for put in puts])
        written = []
        try:
            for put in puts:
                written.append(put)
                put.write()
        except Exception as error:
            for put in written:
                put.undo()
            if isinstance(error, MockValidationException):
                raise
            nothing: list[Reason] = [(None, None, None)] * len(puts)
            nothing[len(written) - 1] = (type(error).__name__, str(error), None)
            _cancel_for(nothing)


def _cancel_for(reasons: list[Reason]) -> None:
    if any(code is not None for code, _, _ in reasons):
        raise TransactionCanceledException(reasons)


class _Put:
    """A put of a transaction, and what it found."""

    def __init__(self, backend: models.DynamoDBBackend, parameters: dict[str, Any]) -> None:
        self._parameters = parameters
        self._table: Table = backend.get_table(parameters["TableName"])
        self._key = backend.get_keys_value(self._table, parameters["Item"])
        self._before: Item | None = self._table.get_item(*self._key)

    @property
    def place(self) -> tuple[str, str]:
        """Table and key of the item, which no two writes of a transaction may have in common."""
        return self._table.name, repr([part and part.to_json() for part in self._key])

    def refused(self) -> Reason:
        """Why the item cannot be written; nothing if its condition holds."""
        condition = get_filter_expression(
            self._parameters.get("ConditionExpression"),
            self._parameters.get("ExpressionAttributeNames"),
            self._parameters.get("ExpressionAttributeValues"),
        )
        if condition.expr(self._before):
            return None, None, None
        told = self._parameters.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD" and self._before
        old = self._before.to_json()["Attributes"] if told and self._before else None
        return "ConditionalCheckFailed", str(ConditionalCheckFailed().message), old

    def write(self) -> None:
        """Put the item in the place of the one before it, if any."""
        self._table.put_item(self._parameters["Item"], overwrite=True)

    def undo(self) -> None:
        """Put the one before it back."""
        if self._before is not None:
            self._table.put_item(self._before.to_json()["Attributes"], overwrite=True)
        else:
            self._table.delete_item(*self._key)
