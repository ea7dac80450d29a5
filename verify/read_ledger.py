"""Reads of the ledger: how often it was tried to send what was accepted."""

from collections.abc import Iterator, Sequence
from typing import Any

from verify.record import Tried
from verify.target import Target

# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
_KEYS_A_CALL = 100
_NONE = {"N": "0"}


def tried(target: Target, notification_ids: Sequence[str]) -> Iterator[Tried]:
    """Attempts at each notification of which the ledger knows, in no order."""
    for start in range(0, len(notification_ids), _KEYS_A_CALL):
        some = notification_ids[start : start + _KEYS_A_CALL]
        wanted: dict[str, Any] = {
            target.ledger_table: {
                "Keys": [{"notification_id": {"S": notification_id}} for notification_id in some],
                "ConsistentRead": True,
            }
        }
        while wanted:
            answer = target.dynamodb.batch_get_item(RequestItems=wanted)
            wanted = answer.get("UnprocessedKeys") or {}
            yield from map(_tried, answer["Responses"][target.ledger_table])


def _tried(item: dict[str, Any]) -> Tried:
    return Tried(
        notification_id=item["notification_id"]["S"],
        state=item["state"]["S"],
        attempts=int(item["attempt"]["N"]),
        failures=int(item.get("failures", _NONE)["N"]),
        refusals=int(item.get("refusals", _NONE)["N"]),
    )
