"""A DynamoDB client that fails fast enough for its caller to try again within a lease."""

from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING

from shared.aws_client import TimeLimits, lean_client

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient

_BUSY = ("TransactWriteItems", "PutItem", "GetItem", "BatchGetItem", "UpdateItem")
# Two attempts and the pause between them.
_LIMITS = TimeLimits(answer_seconds=2.0, call_seconds=5.0)


def dynamodb_client(*, region: str, connections: int) -> "AbstractAsyncContextManager[DynamoDBClient]":
    """A client to be entered; credentials and endpoint come from the environment, as ECS gives them.

    Each transaction has a token of its own, under which DynamoDB takes a second try of the same call as the
    first one.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html

    Args:
        region: AWS region.
        connections: Maximum calls under way at once.
    """
    operations = dict.fromkeys(_BUSY, _LIMITS)
    return lean_client("dynamodb", operations, region=region, limits=_LIMITS, connections=connections)
