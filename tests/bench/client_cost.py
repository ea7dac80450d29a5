"""Program: `python -m tests.bench.client_cost`, CPU time of a call of AWS by our client and by aiobotocore's.

Both make the same calls in turn, from one process, of a server in another that answers at once; what is told
is the ratio of each pair of rounds. It takes a minute or two and listens on the loopback alone.
"""

import asyncio
import os
import re
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from statistics import median
from typing import Any

import uvloop
from botocore import xform_name

from shared.aws_client import TimeLimits, lean_client

ROUNDS = 7
CALLS = 1500
AT_ONCE = 10
_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
_ANSWER = b'{"Successful": [%s], "Failed": []}' % b", ".join(
    b'{"Id": "%d", "MessageId": "0c2b4b7e-6b0f-4f0e-9d6e-2f6a0a1b2c3d"}' % place for place in range(10)
)
_ITEM = {f"attribute_{number}": {"S": "a value of some length"} for number in range(14)}
_TRACE = {"traceparent": {"DataType": "String", "StringValue": "00-" + "a" * 52}}

Operation = Callable[..., Awaitable[Any]]


class _Server(asyncio.Protocol):
    """Gives every request the same answer."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._received = b""

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (end := self._received.find(b"\r\n\r\n")) >= 0:
            length = _LENGTH.search(self._received[:end])
            end += 4 + (int(length[1]) if length else 0)
            if len(self._received) < end:
                return
            self._received = self._received[end:]
            head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(_ANSWER)
            self._transport.write(head + _ANSWER)  # type: ignore[attr-defined]


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(_Server, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


def _entries(count: int) -> Mapping[str, Any]:
    body = '{"text": "' + "x" * 600 + '"}'
    return {
        "QueueUrl": "https://sqs.example/1/q",
        "Entries": [
            {"Id": str(place), "MessageBody": body, "MessageAttributes": _TRACE} for place in range(count)
        ],
    }


_CASES = (
    ("SendMessageBatch of one", "sqs", "SendMessageBatch", _entries(1)),
    ("SendMessageBatch of ten", "sqs", "SendMessageBatch", _entries(10)),
    ("PutItem", "dynamodb", "PutItem", {"TableName": "t", "Item": _ITEM}),
    (
        "TransactWriteItems of ten",
        "dynamodb",
        "TransactWriteItems",
        {"TransactItems": [{"Put": {"TableName": "t", "Item": _ITEM}}] * 10},
    ),
)


async def _cost(call: Operation, parameters: Mapping[str, Any], calls: int) -> float:
    """CPU microseconds of a call."""

    async def one_after_another() -> None:
        for _ in range(calls // AT_ONCE):
            await call(**parameters)

    before = time.process_time_ns()
    await asyncio.gather(*(one_after_another() for _ in range(AT_ONCE)))
    return (time.process_time_ns() - before) / 1000 / calls


async def _compare() -> None:
    for name, service, operation, parameters in _CASES:
        limits = TimeLimits()
        async with lean_client(
            "sqs" if service == "sqs" else "dynamodb",
            {operation: limits},
            region="eu-central-1",
            limits=limits,
            connections=AT_ONCE,
        ) as client:
            method = xform_name(operation)
            ours, theirs = vars(client)[method], getattr(client._client, method)  # noqa: SLF001 - what it replaces
            pairs = []
            for number in range(ROUNDS + 1):
                turn = (ours, theirs) if number % 2 else (theirs, ours)
                spent = {call: await _cost(call, parameters, CALLS) for call in turn}
                # The first warms up.
                pairs += [(spent[ours], spent[theirs])] if number else []
        ratios = [their / our for our, their in pairs]
        sys.stdout.write(
            f"{name:26} ours {median(our for our, _ in pairs):5.0f} µs, aiobotocore's "
            f"{median(their for _, their in pairs):5.0f} µs: {median(ratios):.1f} times "
            f"({min(ratios):.1f} to {max(ratios):.1f})\n"
        )
        sys.stdout.flush()


def main() -> int:
    """Serve if told so, else compare; the exit code."""
    if sys.argv[1:] == ["serve"]:
        uvloop.run(_serve())
        return 0
    with subprocess.Popen(
        [sys.executable, "-m", "tests.bench.client_cost", "serve"], stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            port = server.stdout.readline().strip() if server.stdout else ""
            os.environ |= {
                "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
                "AWS_ACCESS_KEY_ID": "bench",
                "AWS_SECRET_ACCESS_KEY": "bench",
            }
            uvloop.run(_compare())
        finally:
            server.terminate()
    return 0


if __name__ == "__main__":
    sys.exit(main())
