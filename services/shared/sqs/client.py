"""An SQS client that fails fast enough for its caller to answer."""

from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING

from shared.aws_client import TimeLimits, lean_client

if TYPE_CHECKING:
    from types_aiobotocore_sqs import SQSClient

_BUSY = ("SendMessageBatch", "DeleteMessageBatch", "ChangeMessageVisibilityBatch")
_LONG_POLL = "ReceiveMessage"
_ANSWER_SECONDS = 5.0


def sqs_client(
    *, region: str, read_seconds: float, connections: int, call_seconds: float = 10.0
) -> "AbstractAsyncContextManager[SQSClient]":
    """A client to be entered; credentials and endpoint come from the environment, as ECS gives them.

    Args:
        region: AWS region.
        read_seconds: Maximum wait for an answer; more than the wait of a long poll. Anything but a receive is
            waited for no longer than five seconds.
        connections: Maximum calls in flight at once.
        call_seconds: Maximum time of a call with all its attempts; a receive has this beyond its long poll.
    """
    limits = TimeLimits(min(read_seconds, _ANSWER_SECONDS), call_seconds)
    operations = dict.fromkeys(_BUSY, limits)
    operations[_LONG_POLL] = TimeLimits(read_seconds, read_seconds + call_seconds)
    return lean_client("sqs", operations, region=region, limits=limits, connections=connections)
