import asyncio
import errno
import socket

import httpx
import pytest
import uvicorn

from shared.http.server import listen, serve
from shared.process import StartupError
from tests.waiting import SOON


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
        assert "ok" == response.text
        assert "server" not in response.headers
        stop.set()
        await asyncio.wait_for(serving, SOON)

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


async def test_request_under_way_is_finished(eventually):
    """A request that came before the stop gets its answer after it, when nobody else is let in any more."""
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(scope, receive, send):
        begun.set()
        await go_on.wait()
        await _ok(scope, receive, send)

    @eventually
    async def refused():
        with socket.socket() as other:
            assert errno.ECONNREFUSED == other.connect_ex(("127.0.0.1", port))

    at, stop = listen("127.0.0.1", 0), asyncio.Event()
    port = at.getsockname()[1]
    serving = asyncio.create_task(serve(slow, at, stop, shutdown_seconds=5))
    async with httpx.AsyncClient() as client:
        asking = asyncio.create_task(client.get(f"http://127.0.0.1:{port}/"))
        await asyncio.wait_for(begun.wait(), SOON)
        stop.set()
        await refused()
        go_on.set()
        assert 200 == (await asking).status_code
    await asyncio.wait_for(serving, SOON)


async def test_request_that_takes_too_long_is_given_up():
    """What is not answered when the time is up does not hold up the stop, and is told to come back."""
    begun = asyncio.Event()

    async def endless(_scope, _receive, _send):
        begun.set()
        await asyncio.Event().wait()

    at, stop = listen("127.0.0.1", 0), asyncio.Event()
    serving = asyncio.create_task(serve(endless, at, stop, shutdown_seconds=0))
    async with httpx.AsyncClient() as client:
        asking = asyncio.create_task(client.get(f"http://127.0.0.1:{at.getsockname()[1]}/"))
        await asyncio.wait_for(begun.wait(), SOON)
        stop.set()
        await asyncio.wait_for(serving, SOON)
        answer = await asyncio.wait_for(asking, SOON)

    assert 503 == answer.status_code
    assert "application/problem+json" == answer.headers["content-type"]
    assert "5" == answer.headers["retry-after"]


class Patient(uvicorn.Config):
    """A configuration whose own time for an idle connection is an hour."""

    def __init__(self, *given, timeout_keep_alive=3600, **named):
        super().__init__(*given, timeout_keep_alive=timeout_keep_alive, **named)


async def test_idle_connection_is_kept_as_long_as_promised(monkeypatch):
    """An idle connection is closed when our time for it is over, not when uvicorn's own is."""
    monkeypatch.setattr("shared.http.server.KEEP_ALIVE_SECONDS", 0.1)
    monkeypatch.setattr("uvicorn.Config", Patient)
    at, stop = listen("127.0.0.1", 0), asyncio.Event()
    serving = asyncio.create_task(serve(_ok, at, stop, shutdown_seconds=1))
    reader, writer = await asyncio.open_connection(*at.getsockname())
    writer.write(b"GET / HTTP/1.1\r\nHost: task\r\n\r\n")

    answer = await asyncio.wait_for(reader.read(), SOON)

    assert answer.startswith(b"HTTP/1.1 200")
    writer.close()
    stop.set()
    await asyncio.wait_for(serving, SOON)


def test_taken_address_is_named():
    """An address that another process has is an error that names it."""
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StartupError, match=f"cannot listen on 127.0.0.1:{port}: Address already in use"):
            listen("127.0.0.1", port)
