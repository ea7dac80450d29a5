"""The ledger's table: one item read, many written by compare-and-swap in few calls."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import BotoCoreError, ClientError

from email_sender.ledger.item import (
    LedgerItem,
    LedgerUnavailableError,
    VersionChangedError,
    from_attributes,
    to_attributes,
)
from shared.sqs.micro_batcher import BatchLimits, MicroBatcher

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import PutTypeDef, TransactWriteItemTypeDef

# DynamoDB takes 100; with more of them one conflict costs more others a second call.
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
_BATCH = BatchLimits(entries=25, wait_seconds=0.02, calls=8)

_CHANGED = "ConditionalCheckFailed"
_BUSY = "TransactionConflict"
_NOT_AT_FAULT = "None"


class LedgerTable:
    """Reads and writes items.

    Args:
        client: DynamoDB client; entered and closed by whoever made it.
        name: Name of the table.
        limits: How many writes go in one call, and how long one waits for others.
    """

    def __init__(self, client: "DynamoDBClient", name: str, *, limits: BatchLimits = _BATCH) -> None:
        self._client = client
        self._name = name
        self._writes = MicroBatcher(self._write_batch, limits)

    async def read(self, notification_id: str, *, consistent: bool = True) -> LedgerItem | None:
        """Read an item; None if there is none.

        Args:
            notification_id: The key.
            consistent: Whether it must be the very latest; else it may be a second old, for half the price.

        Raises:
            LedgerUnavailableError: DynamoDB did not answer.
        """
        try:
            found = await self._client.get_item(
                TableName=self._name,
                Key={"notification_id": {"S": notification_id}},
                ConsistentRead=consistent,
            )
        except (BotoCoreError, ClientError) as error:
            raise LedgerUnavailableError(str(error)) from error
        return from_attributes(found["Item"]) if "Item" in found else None

    async def write(self, item: LedgerItem) -> None:
        """Write an item if the one before it, whose version is one less, is still there.

        Raises:
            VersionChangedError: It is not; the error says what is there instead.
            LedgerUnavailableError: DynamoDB did not confirm: it may be written or not.
        """
        await self._writes.put(item)

    async def flush(self) -> None:
        """Write at once what waits for others; returns when that is done."""
        await self._writes.drain()

    async def _write_batch(self, items: Sequence[LedgerItem]) -> list[Exception | None]:
        """One result an item. A transaction touches no item twice, so a second write of one goes alone."""
        results: list[Exception | None] = [None] * len(items)
        together: list[int] = []
        alone: list[int] = []
        seen: set[str] = set()
        for place, item in enumerate(items):
            (alone if item.notification_id in seen else together).append(place)
            seen.add(item.notification_id)
        while len(together) > 1:
            reasons = await self._transact([items[place] for place in together])
            if reasons is None:
                together = []
                break
            remaining = []
            for place, reason in zip(together, reasons, strict=True):
                code = reason.get("Code", _NOT_AT_FAULT)
                if code == _NOT_AT_FAULT:
                    remaining.append(place)
                elif code == _BUSY:
                    alone.append(place)
                elif code == _CHANGED:
                    results[place] = await self._changed(items[place], reason.get("Item"))
                else:
                    results[place] = LedgerUnavailableError(f"{code}: {reason.get('Message', '')}")
            if len(remaining) == len(together):
                raise LedgerUnavailableError("DynamoDB cancelled a transaction and named no reason")
            together = remaining
        places = together + alone
        for place, result in zip(
            places, await asyncio.gather(*(self._put(items[place]) for place in places)), strict=True
        ):
            results[place] = result
        return results

    async def _transact(self, items: Sequence[LedgerItem]) -> Sequence[dict[str, Any]] | None:
        """Write all or none; None if all, else a reason for each.

        Raises:
            LedgerUnavailableError: DynamoDB did not confirm.
        """
        entries: list[TransactWriteItemTypeDef] = [
            {"Put": cast("PutTypeDef", {"TableName": self._name, **_conditional(item)})} for item in items
        ]
        try:
            await self._client.transact_write_items(TransactItems=entries)
        except ClientError as error:
            reasons: Any = error.response.get("CancellationReasons")
            if (
                isinstance(reasons, list)
                and len(reasons) == len(items)
                and all(isinstance(reason, dict) for reason in reasons)
            ):
                return reasons
            raise LedgerUnavailableError(str(error)) from error
        except BotoCoreError as error:
            raise LedgerUnavailableError(str(error)) from error
        return None

    async def _put(self, item: LedgerItem) -> Exception | None:
        try:
            await self._client.put_item(TableName=self._name, **_conditional(item))
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                return await self._changed(item, error.response.get("Item"))  # type: ignore[arg-type]
            return LedgerUnavailableError(str(error))
        except BotoCoreError as error:
            return LedgerUnavailableError(str(error))
        return None

    async def _changed(self, item: LedgerItem, current: dict[str, Any] | None) -> Exception:
        """Error with the item that was there instead: DynamoDB sends it along, an emulator may not."""
        if current:
            return VersionChangedError(from_attributes(current))
        try:
            return VersionChangedError(await self.read(item.notification_id))
        except LedgerUnavailableError as error:
            return error


def _conditional(item: LedgerItem) -> dict[str, Any]:
    """A Put of the item, on condition that what is there is the version before it."""
    put = {"Item": to_attributes(item), "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    if item.version == 1:
        return {**put, "ConditionExpression": "attribute_not_exists(notification_id)"}
    return {
        **put,
        "ConditionExpression": "version = :before",
        "ExpressionAttributeValues": {":before": {"N": str(item.version - 1)}},
    }
