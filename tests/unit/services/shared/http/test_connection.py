import asyncio
import json
import math

import pytest

from shared.http import connection
from shared.http.server import listen, serve
from tests.waiting import SOON


class App:
    """An application that may be told to wait, and reads bodies."""

    def __init__(self) -> None:
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.asked = []
        self.hung_up = []

    async def __call__(self, scope, receive, send):
        """Answer one request with its method and the length of its body."""
        self.asked.append(scope["path"])
        read, message = 0, {"more_body": True}
        while message.get("more_body"):
            message = await receive()
            read += len(message.get("body", b""))
        if message["type"] == "http.disconnect":
            self.hung_up.append(scope["path"])
            return
        await self.go_on.wait()
        content = f"{scope['method']} {read}".encode()
        headers = [(b"content-length", b"%d" % len(content))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": content})


class Answer:
    """One answer, taken apart."""

    def __init__(self, text: bytes) -> None:
        head, _, self.content = text.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        self.status = int(first.split()[1])
        self.headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}

    @property
    def problem(self):
        assert "application/problem+json" == self.headers["content-type"]
        assert int(self.headers["content-length"]) == len(self.content)
        return json.loads(self.content)


@pytest.fixture
def app():
    """An application that answers at once until told otherwise."""
    return App()


@pytest.fixture
def cut_off():
    """Statuses that the server has cut requests off with."""
    return []


@pytest.fixture
async def server(app, monkeypatch, cut_off):
    """A server of the application that looks for slow clients all the time; its address."""
    monkeypatch.setattr("shared.http.server._LOOK_SECONDS", 0.005)
    at, stop = listen("127.0.0.1", 0), asyncio.Event()
    address = at.getsockname()
    serving = asyncio.create_task(serve(app, at, stop, shutdown_seconds=1, on_cut_off=cut_off.append))
    yield address
    app.go_on.set()
    stop.set()
    await asyncio.wait_for(serving, SOON)


@pytest.fixture
async def ask(server):
    """Send pieces on a connection of their own and return all that is answered until it is closed."""

    async def asked(*pieces):
        reader, writer = await asyncio.open_connection(*server)
        for piece in pieces:
            writer.write(piece)
        answer = await asyncio.wait_for(reader.read(), SOON)
        writer.close()
        return answer

    return asked


@pytest.fixture
def looked(monkeypatch, eventually):
    """Wait until the server has looked at a connection so many times more."""
    looks = []
    look = connection.BoundedConnection.end_overdue
    monkeypatch.setattr(
        connection.BoundedConnection, "end_overdue", lambda self: (looks.append(None), look(self))
    )

    async def times(count):
        wanted = len(looks) + count

        @eventually
        async def are_enough():
            assert len(looks) >= wanted

        await are_enough()

    return times


_HEAD = b"POST /a HTTP/1.1\r\nHost: task\r\n"


async def test_body_that_does_not_arrive_is_408(ask, app, monkeypatch, cut_off):
    """A client who does not send what was announced is told so, and the application that it hung up."""
    monkeypatch.setattr(connection, "BODY_SECONDS", 0.05)

    answer = Answer(await ask(_HEAD + b"Content-Length: 10\r\n\r\n12345"))

    assert 408 == answer.status
    assert "close" == answer.headers["connection"]
    assert 408 == answer.problem["status"]
    assert ["/a"] == app.hung_up
    assert [408] == cut_off


async def test_body_in_drops_is_408_as_well(server, monkeypatch):
    """A byte now and then does not buy time: the limit is for the whole body."""
    monkeypatch.setattr(connection, "BODY_SECONDS", 0.2)
    reader, writer = await asyncio.open_connection(*server)
    writer.write(_HEAD + b"Transfer-Encoding: chunked\r\n\r\n")

    async def drip():
        while True:
            writer.write(b"1\r\nx\r\n")
            await writer.drain()
            await asyncio.sleep(0)

    dripping = asyncio.create_task(drip())
    answer = Answer(await asyncio.wait_for(reader.readuntil(b"}"), SOON))
    dripping.cancel()
    writer.close()

    assert 408 == answer.status


@pytest.mark.parametrize("begun", [b"P", _HEAD, b"GET / HTTP/1.1\r\nX: " + b"y" * 1000])
async def test_head_that_does_not_arrive_is_408(ask, app, monkeypatch, cut_off, begun):
    """A request that is begun and not ended holds its connection only for a while."""
    monkeypatch.setattr(connection, "HEAD_SECONDS", 0.05)

    answer = Answer(await ask(begun))

    assert 408 == answer.status
    assert "Request Timeout" == answer.problem["title"]
    assert [] == app.asked
    assert [408] == cut_off


@pytest.mark.parametrize("sent", [(), (b"\r\n",) * 3])
async def test_connection_without_a_request_is_closed(app, monkeypatch, sent):
    """A connection that never asks anything, or says nothing but empty lines, is closed in silence."""
    monkeypatch.setattr("shared.http.server._LOOK_SECONDS", 0.005)
    monkeypatch.setattr("shared.http.server.KEEP_ALIVE_SECONDS", 0.05)
    at, stop = listen("127.0.0.1", 0), asyncio.Event()
    serving = asyncio.create_task(serve(app, at, stop, shutdown_seconds=1))
    reader, writer = await asyncio.open_connection(*at.getsockname())
    for piece in sent:
        writer.write(piece)

    assert b"" == await asyncio.wait_for(reader.read(), SOON)
    writer.close()
    stop.set()
    await asyncio.wait_for(serving, SOON)


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\nX: " + b"y" * 200_000,
        b"GET /" + b"y" * 200_000,
        b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 50_000,
    ],
    ids=["long header", "long path", "many headers"],
)
async def test_head_without_end_is_431(ask, app, cut_off, head):
    """What a client sends before the end of a head is bounded, however it comes."""
    answer = Answer(await ask(head))

    assert 431 == answer.status
    assert "Request Header Fields Too Large" == answer.problem["title"]
    assert [] == app.asked
    assert [431] == cut_off


async def test_large_body_is_no_large_head(ask):
    """A body of any size passes, in one piece with its head."""
    body = b"x" * 1_000_000
    head = _HEAD + b"Connection: close\r\nContent-Length: 1000000\r\n\r\n"

    answer = Answer(await ask(head + body))

    assert (200, b"POST 1000000") == (answer.status, answer.content)


@pytest.mark.parametrize("text", [b"nonsense\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x16\x03\x01\x02\x00"])
async def test_what_is_no_http_is_a_problem(ask, text):
    """Whatever is not HTTP is told so in the same form as everything else."""
    answer = Answer(await ask(text))

    assert answer.status in {400, 405}
    assert answer.problem["status"] == answer.status


@pytest.mark.parametrize("method", ["FOO", "BREW", "X-Y"])
async def test_unknown_method_is_405(ask, method):
    """A method that HTTP does not know is 405 with those that are used."""
    answer = Answer(await ask(f"{method} / HTTP/1.1\r\nHost: task\r\n\r\n".encode()))

    assert 405 == answer.status
    assert "GET, HEAD, POST" == answer.headers["allow"]
    assert 405 == answer.problem["status"]


async def test_slow_pipelined_request_does_not_cut_the_first(server, app, looked, monkeypatch):
    """While an answer is due, whatever else is wrong on the connection waits for it."""
    monkeypatch.setattr(connection, "HEAD_SECONDS", 0.02)
    app.go_on.clear()
    reader, writer = await asyncio.open_connection(*server)
    writer.write(b"GET /a HTTP/1.1\r\nHost: task\r\n\r\nGET /b")
    await looked(20)
    app.go_on.set()

    answer = await asyncio.wait_for(reader.read(), SOON)
    writer.close()

    assert answer.startswith(b"HTTP/1.1 200")
    assert b"HTTP/1.1 408" in answer


async def test_nonsense_behind_a_request_is_not_its_answer(ask, app):
    """A client never takes the refusal of what came later for the answer to what came first."""
    answer = await ask(b"GET /a HTTP/1.1\r\nHost: task\r\n\r\nnonsense nonsense\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 200")
    assert 1 == answer.count(b"HTTP/1.1")


async def test_body_after_the_answer_is_not_answered_again(server, app, monkeypatch):
    """Who is refused before their body came and goes on sending it is cut off without another answer."""
    monkeypatch.setattr(connection, "BODY_SECONDS", 0.05)

    async def refuse(_scope, _receive, send):
        await send({"type": "http.response.start", "status": 401, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    monkeypatch.setattr(App, "__call__", lambda _, *given: refuse(*given))
    reader, writer = await asyncio.open_connection(*server)
    writer.write(_HEAD + b"Content-Length: 10\r\n\r\n1")

    answer = await asyncio.wait_for(reader.read(), SOON)
    writer.close()

    assert answer.startswith(b"HTTP/1.1 401")
    assert 1 == answer.count(b"HTTP/1.1")


async def test_slow_application_is_no_slow_client(server, app, looked, monkeypatch):
    """How long an answer takes is not the client's fault: no limit of theirs ends it."""
    for name in ("HEAD_SECONDS", "BODY_SECONDS"):
        monkeypatch.setattr(connection, name, 0.01)
    app.go_on.clear()
    reader, writer = await asyncio.open_connection(*server)
    writer.write(b"GET /a HTTP/1.1\r\nHost: task\r\nConnection: close\r\n\r\n")
    await looked(20)
    app.go_on.set()

    assert 200 == Answer(await asyncio.wait_for(reader.read(), SOON)).status
    writer.close()


async def test_stop_waits_for_a_body_less_long(server, app, monkeypatch, eventually):
    """A body that is still on its way when the stop comes has less time, so that its request ends in time."""
    monkeypatch.setattr("shared.http.server._LOOK_SECONDS", 0.005)
    monkeypatch.setattr(connection, "LAST_BODY_SECONDS", 0.02)
    at, stop = listen("127.0.0.1", 0), asyncio.Event()
    serving = asyncio.create_task(serve(app, at, stop, shutdown_seconds=math.ceil(SOON)))
    reader, writer = await asyncio.open_connection(*at.getsockname())
    writer.write(_HEAD + b"Content-Length: 10\r\n\r\n1")

    @eventually
    async def asked():
        assert ["/a"] == app.asked

    await asked()
    stop.set()

    assert 408 == Answer(await asyncio.wait_for(reader.read(), SOON)).status
    writer.close()
    await asyncio.wait_for(serving, SOON)


async def test_client_who_reads_nothing_is_cut_off(server, app, monkeypatch, eventually):
    """Answers that nobody fetches do not stay in the task's memory for ever."""
    monkeypatch.setattr(connection, "STUCK_SECONDS", 0.02)
    gone = []
    lost = connection.BoundedConnection.connection_lost
    monkeypatch.setattr(
        connection.BoundedConnection,
        "connection_lost",
        lambda self, error: (gone.append(error), lost(self, error)),
        raising=False,
    )

    async def much(_scope, _receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(1000):
            await send({"type": "http.response.body", "body": b"x" * 100_000, "more_body": True})

    monkeypatch.setattr(App, "__call__", lambda _, *given: much(*given))
    _, writer = await asyncio.open_connection(*server)
    writer.write(b"GET / HTTP/1.1\r\nHost: task\r\n\r\n")
    writer.transport.pause_reading()

    @eventually
    async def cut_off():
        assert 1 == len(gone)

    await cut_off()
    writer.transport.abort()


async def test_broken_look_is_a_defect(app, monkeypatch):
    """A server that can look for slow clients no more ends instead of going on without."""
    monkeypatch.setattr("shared.http.server._LOOK_SECONDS", 0.001)

    def broken(_):
        raise ZeroDivisionError

    monkeypatch.setattr(connection.BoundedConnection, "end_overdue", broken)
    at = listen("127.0.0.1", 0)
    serving = asyncio.create_task(serve(app, at, asyncio.Event(), shutdown_seconds=0))
    _, writer = await asyncio.open_connection(*at.getsockname())

    with pytest.raises(ZeroDivisionError):
        await asyncio.wait_for(serving, SOON)
    writer.close()
