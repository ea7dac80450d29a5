"""A client of aiobotocore's whose busiest operations leave most of botocore out."""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Literal

from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession, get_session
from botocore import xform_name

from shared.aws_client.bounded import BoundedClient
from shared.aws_client.call import Call, Endpoint, TimeLimits
from shared.aws_client.transport import CONNECT_SECONDS, open_transport

_ATTEMPTS = 2
_MODE = "standard"


class LeanClient(BoundedClient):
    """Looks like the client that it is made of, and spends less on its busiest operations.

    botocore's layers of events, rules and shapes take most of a call's CPU time; docs/performance.md has the
    measured ratio. Endpoint, region, credentials, signature, proxies, trust, and the rules and the quota of
    retries stay botocore's, and so does every operation that is called now and then.

    Args:
        client: aiobotocore's.
        endpoint: Where calls go, and who signs them.
        operations: Those that `Call` takes over, e.g. "SendMessageBatch", with their limits. In their
            parameters bytes stand for text in UTF-8, and in their answers what is binary stays base64.
        limits: Of every other operation.
    """

    def __init__(
        self, client: Any, endpoint: Endpoint, operations: Mapping[str, TimeLimits], limits: TimeLimits
    ) -> None:
        super().__init__(client, limits.call_seconds)
        for name, its_limits in operations.items():
            setattr(self, xform_name(name), Call(endpoint, name, its_limits))


@asynccontextmanager
async def lean_client(
    service: Literal["sqs", "dynamodb"],
    operations: Mapping[str, TimeLimits],
    *,
    region: str,
    limits: TimeLimits,
    connections: int,
) -> AsyncIterator[Any]:
    """A client; credentials, endpoint, proxies and trust come from the environment, as ECS gives them.

    A call is tried twice in the standard mode, unless `AWS_MAX_ATTEMPTS`, `AWS_RETRY_MODE` or their like in
    a profile say otherwise; a call's limit of time holds for all attempts together. Clocks are not corrected,
    as botocore does not: a task's is kept right by its host.

    Args:
        service: One whose protocol is JSON over HTTP.
        operations: Those that `Call` takes over, with their limits.
        region: AWS region.
        limits: Of every other operation.
        connections: Maximum calls in flight at once.
    """
    session = get_session()
    config = AioConfig(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=limits.answer_seconds,
        max_pool_connections=connections,
        retries=_retries(session),
        # Our own code builds every parameter, so nothing is left to check, and botocore puts its own user
        # agent together anew for every call.
        parameter_validation=False,
        user_agent="notification-service",
    )
    async with session.create_client(service, region_name=region, config=config) as client:
        url = client.meta.endpoint_url
        bundle = session.get_config_variable("ca_bundle")
        async with open_transport(url, ca_bundle=bundle, connections=connections) as transport:
            endpoint = Endpoint(transport, url, region, await session.get_credentials(), client.meta)
            yield LeanClient(client, endpoint, operations, limits)


def _retries(session: AioSession) -> Any:
    """Mode and maximum attempts of botocore's retries; environment and profile come first.

    https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
    """
    # botocore itself says "legacy" where nobody has said anything.
    mode = os.environ.get("AWS_RETRY_MODE") or session.get_scoped_config().get("retry_mode") or _MODE
    attempts = session.get_config_variable("max_attempts")
    return {"mode": mode, "total_max_attempts": _ATTEMPTS if attempts is None else attempts}
