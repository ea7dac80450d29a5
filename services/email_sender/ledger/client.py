"""A DynamoDB client that fails fast enough for its caller to try again within a lease."""

from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING

from aws_json import lean_client

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient

_BUSY = ("TransactWriteItems", "PutItem", "GetItem", "BatchGetItem", "UpdateItem")
_READ_SECONDS = 2.0


def dynamodb_client(*, region: str, connections: int) -> "AbstractAsyncContextManager[DynamoDBClient]":
    """A client to be entered; credentials and endpoint come from the environment, as ECS gives them.

    Each transaction has a token of its own, under which DynamoDB takes a second try of the same call as the
    first one.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html

    Args:
        region: AWS region.
        connections: Most calls under way at once.
    """
    return lean_client("dynamodb", _BUSY, region=region, read_seconds=_READ_SECONDS, connections=connections)
