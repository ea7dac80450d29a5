"""An SQS client that fails fast enough for its caller to answer."""

from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING

from aiobotocore.config import AioConfig
from aiobotocore.session import get_session

if TYPE_CHECKING:
    from types_aiobotocore_sqs import SQSClient


def sqs_client(
    *, region: str, read_seconds: float, connections: int
) -> "AbstractAsyncContextManager[SQSClient]":
    """A client to be entered; credentials and endpoint come from the environment, as ECS gives them.

    Args:
        region: AWS region.
        read_seconds: Longest wait for an answer; more than the wait of a long poll.
        connections: Most calls under way at once.
    """
    config = AioConfig(
        connect_timeout=2,
        read_timeout=read_seconds,
        max_pool_connections=connections,
        retries={"mode": "standard", "total_max_attempts": 2},
        # CPU of a call on the way to SQS: our own code builds every parameter, so nothing is left to
        # check (5 %), and botocore puts its own user agent together anew for every call (13 %).
        parameter_validation=False,
        user_agent="notification-service",
    )
    return get_session().create_client("sqs", region_name=region, config=config)
