import asyncio

import httpx
import pytest

from notification_api.bodies import BodyLimit
from tests.waiting import SOON


async def test_body_larger_than_any_message(client):
    """A declared body that could never be a message is refused before it is read."""
    response = await client.post("/v1/notifications", content=b" " * (1024 * 1024 + 1))

    assert 413 == response.status_code
    assert "application/problem+json" == response.headers["content-type"]


async def test_undeclared_body_larger_than_any_message(client):
    """A body in chunks is counted while it is read."""

    async def chunks():
        for _ in range(20):
            yield b" " * 65536

    response = await client.post(
        "/v1/notifications", content=chunks(), headers={"content-type": "application/json"}
    )

    assert 413 == response.status_code
    assert "application/problem+json" == response.headers["content-type"]


class Slow:
    """An application that reads its requests' bodies and answers when it may."""

    def __init__(self) -> None:
        self.go_on = asyncio.Event()
        self.read = 0

    async def __call__(self, _scope, receive, send):
        """Answer one request."""
        while (message := await receive()).get("more_body"):
            self.read += len(message["body"])
        self.read += len(message["body"])
        await self.go_on.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


async def _declared(client):
    return await client.post("/", content=b" " * 100)


async def _chunked(client):
    async def chunks():
        yield b" " * 50
        yield b" " * 50

    return await client.post("/", content=chunks())


@pytest.mark.parametrize("post", [_declared, _chunked])
async def test_bodies_under_way_are_bounded_together(post, eventually):
    """However many requests wait, their bodies fit: one that does not is told to come back, others go on."""
    app = Slow()
    limit = BodyLimit(app, max_bytes=100, together=250)

    @eventually
    async def two_are_read():
        assert 200 == app.read

    async with httpx.AsyncClient(transport=httpx.ASGITransport(limit), base_url="http://api") as client:
        waiting = [asyncio.create_task(post(client)) for _ in range(2)]
        await two_are_read()
        refused = await asyncio.wait_for(_declared(client), SOON)
        app.go_on.set()
        answers = await asyncio.gather(*waiting)

        assert (503, "5") == (refused.status_code, refused.headers["Retry-After"])
        assert "application/problem+json" == refused.headers["content-type"]
        assert [200, 200] == [answer.status_code for answer in answers]
        assert 200 == (await post(client)).status_code


async def test_undeclared_body_that_fits_no_more(monkeypatch, make_app, connect):
    """Also whoever sends chunks is told when to come back, and leaves no trace in the count."""
    monkeypatch.setattr("notification_api.app.BODIES_BYTES", 1000)
    written = {"recipient": "ada@example.com", "subject": "Hello", "body": "x" * 800}

    async def chunks():
        for _ in range(20):
            yield b" " * 100

    async with connect(make_app()) as client:
        headers = {"content-type": "application/json"}
        refused = await client.post("/v1/notifications", content=chunks(), headers=headers)
        accepted = await client.post("/v1/notifications", json=written)

    assert (503, "5") == (refused.status_code, refused.headers["Retry-After"])
    assert "application/problem+json" == refused.headers["content-type"]
    assert 202 == accepted.status_code
