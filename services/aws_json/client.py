"""A client of aiobotocore's whose busiest operations leave most of botocore out."""

import ssl
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import Any, Literal

import aiohttp
from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession, get_session
from botocore import xform_name
from botocore.httpsession import get_cert_path

from aws_json.call import ATTEMPTS, Call, Endpoint

_CONNECT_SECONDS = 2.0


class LeanClient:
    """Looks like the client that it is made of.

    botocore's layers of events, rules and shapes take most of a call's CPU time: 0.7 ms, where signing and
    sending the same JSON take 0.15 ms. Endpoint, region, credentials and signature stay botocore's, and so
    does every operation that is called now and then.

    Args:
        client: aiobotocore's.
        endpoint: Where calls go, and who signs them.
        operations: Those on the short way, e.g. "SendMessageBatch". In their parameters bytes stand for
            text in UTF-8, and in their answers what is binary stays base64.
    """

    def __init__(self, client: Any, endpoint: Endpoint, operations: Collection[str]) -> None:
        self._client = client
        model = client.meta.service_model
        for name in operations:
            setattr(self, xform_name(name), Call(endpoint, model, name))

    def __getattr__(self, name: str) -> Any:
        """Whatever has no short way: the client's own."""
        return getattr(self._client, name)


@asynccontextmanager
async def lean_client(
    service: Literal["sqs", "dynamodb"],
    operations: Collection[str],
    *,
    region: str,
    read_seconds: float,
    connections: int,
) -> AsyncIterator[Any]:
    """A client; credentials and endpoint come from the environment, as ECS gives them.

    Args:
        service: One whose protocol is JSON over HTTP.
        operations: Those on the short way.
        region: AWS region.
        read_seconds: Longest wait for an answer; more than the wait of a long poll.
        connections: Most calls under way at once.
    """
    session = get_session()
    config = AioConfig(
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=read_seconds,
        max_pool_connections=connections,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
        # Our own code builds every parameter, so nothing is left to check, and botocore puts its own user
        # agent together anew for every call.
        parameter_validation=False,
        user_agent="notification-service",
    )
    async with (
        session.create_client(service, region_name=region, config=config) as client,
        aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=connections, ssl=_trust(session, client.meta.endpoint_url)),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_SECONDS, sock_read=read_seconds),
        ) as http,
    ):
        endpoint = Endpoint(http, client.meta.endpoint_url, region, await session.get_credentials())
        yield LeanClient(client, endpoint, operations)


def _trust(session: AioSession, url: str) -> ssl.SSLContext | bool:
    """The certificates that botocore trusts; an image may have none of its own."""
    if not url.startswith("https:"):
        # An emulator's address; what AWS has needs a hundredth of a second to be read.
        return True
    bundle = session.get_config_variable("ca_bundle") or True
    return ssl.create_default_context(cafile=str(get_cert_path(bundle)))
