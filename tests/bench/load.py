"""HTTP load that costs little itself: it shares the cores with what it loads."""

import asyncio
import random
import re
import time
from collections import Counter
from dataclasses import dataclass, field

from verify.pace import Pace

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_HEAD_END = b"\r\n\r\n"


@dataclass
class Sent:
    """What became of a load.

    Attributes:
        seconds: Time from each request to its answer.
        statuses: How many answers had which status.
        answers: Bodies of the answers, and when each came, in seconds since the Unix epoch.
        missed: Turns that passed because the last answer was late.
    """

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    answers: list[tuple[float, bytes]] = field(default_factory=list)
    missed: int = 0


class Connection(asyncio.Protocol):
    """A connection that is kept: one request, one answer."""

    def __init__(self) -> None:
        self._buffer = b""
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:
        self._transport = transport

    def connection_lost(self, _: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ConnectionError("the server hung up"))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(_HEAD_END)
        length = _LENGTH.search(self._buffer, 0, end) if end >= 0 else None
        if length is None or self._answer is None:
            return
        ends_at = end + len(_HEAD_END) + int(length[1])
        if len(self._buffer) >= ends_at:
            # "HTTP/1.1 202 ..."
            self._answer.set_result((int(self._buffer[9:12]), self._buffer[end + len(_HEAD_END) : ends_at]))
            self._buffer = self._buffer[ends_at:]

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Send a request; status and body of its answer.

        Raises:
            ConnectionError: The server hung up.
        """
        if self._transport is None or self._transport.is_closing():
            raise ConnectionError("the server hung up")
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()


def post(path: str, body: bytes, headers: dict[str, str]) -> bytes:
    """A POST of a JSON body, as it goes over the wire."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n{lines}"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body


async def closed_loop(
    port: int, request: bytes, *, connections: int, seconds: float, max_requests: int
) -> Sent:
    """Send the next request when the last is answered, on every connection, until time or number is up."""
    sent = Sent()
    until = time.perf_counter() + seconds
    left = max_requests

    async def one(connection: Connection) -> None:
        nonlocal left
        while left > 0 and time.perf_counter() < until:
            left -= 1
            await _timed(connection, request, sent)

    await _on_connections(port, connections, one)
    return sent


async def paced(port: int, request: bytes, *, rate: float, connections: int, seconds: float) -> Sent:
    """Offer so many requests a second, evenly, whatever the answers do; a late turn is missed and counted."""
    sent = Sent()
    period = connections / rate
    begins = time.perf_counter()

    async def one(connection: Connection) -> None:
        pace = Pace(period, begins + random.uniform(-1, 0) * period)  # noqa: S311 - spreads load, guards nothing
        while (wait := pace.wait(time.perf_counter())) + time.perf_counter() < begins + seconds:
            await asyncio.sleep(wait)
            await _timed(connection, request, sent)
        sent.missed += pace.missed

    await _on_connections(port, connections, one)
    return sent


async def _timed(connection: Connection, request: bytes, sent: Sent) -> None:
    began = time.perf_counter()
    status, body = await connection.ask(request)
    sent.seconds.append(time.perf_counter() - began)
    sent.statuses[status] += 1
    sent.answers.append((time.time(), body))


async def _on_connections(port, number, work) -> None:
    loop = asyncio.get_running_loop()
    made = await asyncio.gather(
        *(loop.create_connection(Connection, "127.0.0.1", port) for _ in range(number))
    )
    connections = [connection for _, connection in made]
    try:
        async with asyncio.TaskGroup() as tasks:
            for connection in connections:
                tasks.create_task(work(connection))
    finally:
        for connection in connections:
            connection.close()
