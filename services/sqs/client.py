"""An SQS client that fails fast enough for its caller to answer."""

from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING

from aws_json import lean_client

if TYPE_CHECKING:
    from types_aiobotocore_sqs import SQSClient

_BUSY = ("SendMessageBatch", "ReceiveMessage", "DeleteMessageBatch", "ChangeMessageVisibilityBatch")


def sqs_client(
    *, region: str, read_seconds: float, connections: int
) -> "AbstractAsyncContextManager[SQSClient]":
    """A client to be entered; credentials and endpoint come from the environment, as ECS gives them.

    Args:
        region: AWS region.
        read_seconds: Longest wait for an answer; more than the wait of a long poll.
        connections: Most calls under way at once.
    """
    return lean_client("sqs", _BUSY, region=region, read_seconds=read_seconds, connections=connections)
