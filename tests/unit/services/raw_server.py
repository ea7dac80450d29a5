"""A server that answers HTTP requests with whatever bytes, or with none: a service in trouble."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.waiting import SOON

HANGS_UP = object()
"""Closes the connection once it has the request."""
SILENT = object()
"""Says nothing for as long as the test runs."""


@dataclass
class RawRequest:
    """One request as it came.

    Attributes:
        line: Method, target and version.
        headers: By their names in lower case.
        body: As many bytes as the request said that it has.
    """

    line: str
    headers: dict[str, str]
    body: bytes


def http(body: bytes | str, status: str = "200 OK", **headers: str) -> bytes:
    """A whole answer; a header's name has underscores for dashes."""
    content = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(content)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + content


@dataclass
class RawServer:
    """Answers each request with the next of its answers; the last one stays.

    Attributes:
        answers: Bytes, `HANGS_UP`, `SILENT`, or a function from the request to one of these.
        asked: Every request that came whole.
        connections: How many connections were opened.
        closes: Whether it closes a connection after each answer, without saying so before.
        greeting: Bytes that it says before it is asked.
    """

    answers: list[object] = field(default_factory=lambda: [http("{}")])
    asked: list[RawRequest] = field(default_factory=list)
    connections: int = 0
    closes: bool = False
    greeting: bytes = b""
    port: int = 0
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def url(self) -> str:
        """Address of it."""
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Listen on the loopback."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def until_asked(self, requests: int = 1) -> None:
        """Wait until so many requests came, all told."""
        async with asyncio.timeout(SOON):
            while len(self.asked) < requests:
                self._news.clear()
                await self._news.wait()

    async def stop(self) -> None:
        """Close whatever is open."""
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.add(writer)
        writer.write(self.greeting)
        try:
            while await self._answer_one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    async def _answer_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        line, *fields = head.strip().split("\r\n")
        headers = {name.lower(): value for name, _, value in (each.partition(": ") for each in fields)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        request = RawRequest(line, headers, body)
        self.asked.append(request)
        self._news.set()
        answer = self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)
        if isinstance(answer, Callable):
            answer = answer(request)
        if answer is SILENT:
            await reader.read()
            return False
        if answer is HANGS_UP:
            return False
        writer.write(answer)
        await writer.drain()
        return not self.closes
