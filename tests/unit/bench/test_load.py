import asyncio
import time

import pytest

from tests.bench.load import closed_loop, paced, post

REQUEST = post("/v1/notifications", b"{}", {"Authorization": "Bearer a.b"})


class Server(asyncio.Protocol):
    """Answers each request, and counts."""

    def __init__(self, seen, status):
        self.seen = seen
        self.status = status

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.seen.append(data)
        # In two pieces, as uvicorn writes.
        self.transport.write(b"HTTP/1.1 %d X\r\nContent-Length: 4\r\n\r\n" % self.status)
        self.transport.write(b"done")


class Mute(asyncio.Protocol):
    """Hangs up when it is asked."""

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, _):
        self.transport.close()


def test_a_request_is_http():
    """Its length is that of its body."""
    assert (
        b"POST /x HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nA: b\r\n"
        b"Content-Length: 2\r\n\r\n{}"
    ) == post("/x", b"{}", {"A": "b"})


async def test_a_closed_loop_sends_so_many(serving):
    """Each answer has its status, its body and its time."""
    seen = []
    async with serving(lambda: Server(seen, 202)) as port:
        sent = await closed_loop(port, REQUEST, connections=4, seconds=30, max_requests=20)

    assert [REQUEST] * 20 == seen
    assert {202: 20} == sent.statuses
    assert [b"done"] * 20 == [body for _, body in sent.answers]
    assert 20 == len(sent.seconds)


async def test_a_closed_loop_ends_when_time_is_up(serving):
    """However many could still be sent."""
    async with serving(lambda: Server([], 503)) as port:
        sent = await closed_loop(port, REQUEST, connections=2, seconds=0, max_requests=20)

    assert {} == sent.statuses


async def test_a_pace_is_kept(serving):
    """Two hundred a second, whichever of them are late; each connection may be a turn apart."""
    async with serving(lambda: Server([], 202)) as port:
        began = time.monotonic()
        sent = await paced(port, REQUEST, rate=200, connections=10, seconds=0.2)
        took = time.monotonic() - began

    assert 0.2 * 200 - 10 <= sent.statuses[202] + sent.missed <= took * 200 + 10


async def test_a_server_that_hangs_up_is_said(serving):
    """It must not look like a load that went well."""
    async with serving(Mute) as port:
        with pytest.raises(ExceptionGroup) as raised:
            await closed_loop(port, REQUEST, connections=1, seconds=30, max_requests=20)

    assert raised.group_contains(ConnectionError, match="hung up")
