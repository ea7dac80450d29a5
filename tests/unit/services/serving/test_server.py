import asyncio
import socket

import httpx
import pytest

from serving.process import StartupError
from serving.server import listen, serve


async def _ok(_scope, _receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


async def test_answers_until_told_to_stop():
    """Requests are answered without naming the server; afterwards nobody listens."""
    at, stop = listen("127.0.0.1", 0), asyncio.Event()
    port = at.getsockname()[1]
    serving = asyncio.create_task(serve(_ok, at, stop, shutdown_seconds=1))
    async with httpx.AsyncClient() as client:
        response = await client.get(f"http://127.0.0.1:{port}/")
        assert response.text == "ok"
        assert "server" not in response.headers
        stop.set()
        await asyncio.wait_for(serving, 5)

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


async def test_request_under_way_is_finished():
    """A request that came before the stop gets its answer after it."""
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(scope, receive, send):
        begun.set()
        await go_on.wait()
        await _ok(scope, receive, send)

    at, stop = listen("127.0.0.1", 0), asyncio.Event()
    port = at.getsockname()[1]
    serving = asyncio.create_task(serve(slow, at, stop, shutdown_seconds=5))
    async with httpx.AsyncClient() as client:
        asking = asyncio.create_task(client.get(f"http://127.0.0.1:{port}/"))
        await asyncio.wait_for(begun.wait(), 5)
        stop.set()
        go_on.set()
        assert (await asking).status_code == 200
    await asyncio.wait_for(serving, 5)


def test_taken_address_is_named():
    """An address that another process has is an error that names it."""
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StartupError, match=f"cannot listen on 127.0.0.1:{port}: Address already in use"):
            listen("127.0.0.1", port)
