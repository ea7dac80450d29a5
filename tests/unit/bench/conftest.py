import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.bench.stand_in.http import JsonProtocol
from tests.bench.stand_in.services import services

SECRET = '{"clients": []}'


@asynccontextmanager
async def listening(protocol) -> AsyncIterator[int]:
    """Serve a protocol on a free port of the loopback."""
    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


@pytest.fixture
def serving():
    """Serves a protocol inside a block, on the port that it gives."""
    return listening


@pytest.fixture
async def aws():
    """All stand-ins and the port that they answer on."""
    held = services(
        queues=["mails", "high"],
        tables={"ledger": "notification_id"},
        secrets={"api-keys": SECRET},
        now=asyncio.get_running_loop().time,
        visibility_seconds=30,
    )
    async with listening(lambda: JsonProtocol(held.answer)) as port:
        yield held, port


@pytest.fixture
def client(aws):
    """Makes a client of aiobotocore's for a service, to be entered."""
    from aiobotocore.session import get_session  # noqa: PLC0415 - slow, and most tests need none

    def make(service):
        return get_session().create_client(
            service,
            region_name="eu-central-1",
            endpoint_url=f"http://127.0.0.1:{aws[1]}",
            aws_access_key_id="x",
            aws_secret_access_key="x",
        )

    return make
