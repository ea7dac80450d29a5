"""The operations of DynamoDB that the ledger uses, on tables with one key of type S.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB.html
"""

from collections.abc import Callable, Mapping
from typing import Any

from tests.bench.stand_in.conditions import Item, holds
from tests.bench.stand_in.errors import AwsError

_PREFIX = "com.amazonaws.dynamodb.v20120810#"
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
_MAX_IN_TRANSACTION = 100


class DynamoDb:
    """Tables that live as long as the process.

    Args:
        keys: The key's name by table.

    Attributes:
        tables: Items by table and key.
    """

    def __init__(self, keys: Mapping[str, str]) -> None:
        self._keys = keys
        self.tables: dict[str, dict[str, Item]] = {name: {} for name in keys}
        self._operations: Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "GetItem": self._get_item,
            "BatchGetItem": self._batch_get_item,
            "PutItem": self._put_item,
            "TransactWriteItems": self._transact_write_items,
        }

    def answer(self, operation: str, asked: dict[str, Any]) -> dict[str, Any]:
        """Do one operation.

        Raises:
            AwsError: What DynamoDB would say.
        """
        try:
            return self._operations[operation](asked)
        except KeyError as unknown:
            raise _refusal("ValidationException", f"this stand-in does not know {unknown}") from unknown
        except ValueError as error:
            raise _refusal("ValidationException", str(error)) from error

    def _table(self, asked: Mapping[str, Any]) -> dict[str, Item]:
        try:
            return self.tables[asked["TableName"]]
        except KeyError:
            raise _refusal("ResourceNotFoundException", f"there is no table {asked['TableName']!r}") from None

    def _get_item(self, asked: dict[str, Any]) -> dict[str, Any]:
        item = self._table(asked).get(_only(asked["Key"]))
        return {"Item": item} if item is not None else {}

    def _batch_get_item(self, asked: dict[str, Any]) -> dict[str, Any]:
        found = {}
        for name, wanted in asked["RequestItems"].items():
            table = self._table({"TableName": name})
            keys = (_only(key) for key in wanted["Keys"])
            found[name] = [table[key] for key in keys if key in table]
        return {"Responses": found, "UnprocessedKeys": {}}

    def _put_item(self, asked: dict[str, Any]) -> dict[str, Any]:
        if not self._allowed(asked):
            held = self._held(asked)
            returned = {"Item": held} if held is not None and _wants_old(asked) else {}
            raise _refusal("ConditionalCheckFailedException", "The conditional request failed", **returned)
        self._put(asked)
        return {}

    def _transact_write_items(self, asked: dict[str, Any]) -> dict[str, Any]:
        puts = [entry["Put"] for entry in asked["TransactItems"]]
        if len(puts) > _MAX_IN_TRANSACTION:
            raise ValueError(f"a transaction has at most {_MAX_IN_TRANSACTION} items")
        if len({(put["TableName"], self._key(put)) for put in puts}) < len(puts):
            raise ValueError("Transaction request cannot include multiple operations on one item")
        allowed = [self._allowed(put) for put in puts]
        if not all(allowed):
            reasons = [self._reason(put, passed=passed) for put, passed in zip(puts, allowed, strict=True)]
            codes = ", ".join(reason["Code"] for reason in reasons)
            raise _refusal(
                "TransactionCanceledException",
                f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]",
                CancellationReasons=reasons,
            )
        for put in puts:
            self._put(put)
        return {}

    def _reason(self, put: Mapping[str, Any], *, passed: bool) -> dict[str, Any]:
        if passed:
            return {"Code": "None"}
        reason = {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"}
        held = self._held(put)
        return {**reason, "Item": held} if held is not None and _wants_old(put) else reason

    def _allowed(self, put: Mapping[str, Any]) -> bool:
        condition = put.get("ConditionExpression")
        return not condition or holds(
            condition,
            self._held(put),
            put.get("ExpressionAttributeNames") or {},
            put.get("ExpressionAttributeValues") or {},
        )

    def _held(self, put: Mapping[str, Any]) -> Item | None:
        return self._table(put).get(self._key(put))

    def _put(self, put: Mapping[str, Any]) -> None:
        self._table(put)[self._key(put)] = put["Item"]

    def _key(self, put: Mapping[str, Any]) -> str:
        self._table(put)
        return str(put["Item"][self._keys[put["TableName"]]]["S"])


def _only(key: Mapping[str, Mapping[str, str]]) -> str:
    (value,) = key.values()
    return value["S"]


def _wants_old(put: Mapping[str, Any]) -> bool:
    return put.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"


def _refusal(code: str, message: str, **fields: object) -> AwsError:
    return AwsError(_PREFIX + code, message, **fields)
