"""The HTTP that AWS's SDKs speak to the JSON services, and no more of it."""

import asyncio
import json
import re
from collections.abc import Callable
from typing import Any

from tests.bench.stand_in.errors import AwsError

Answer = dict[str, Any] | asyncio.Future[dict[str, Any]]
Answerer = Callable[[str, dict[str, Any]], Answer]
"""From the operation, as `X-Amz-Target` names it, and its document to the answer; raises AwsError."""

_HEAD_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_TARGET = re.compile(rb"\r\nx-amz-target: *([\w.]+)", re.IGNORECASE)


class JsonProtocol(asyncio.Protocol):
    """One connection: requests are answered one after another, as SDKs send them.

    A framework would cost more CPU a request than the queue itself, on cores that the services need.

    Args:
        answer: Does what is asked.
    """

    def __init__(self, answer: Answerer) -> None:
        self._answer = answer
        self._buffer = b""
        self._waiting: asyncio.Future[dict[str, Any]] | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:
        self._transport = transport

    def connection_lost(self, _: Exception | None) -> None:
        if self._waiting is not None:
            # A long poll whose caller has gone must not take messages.
            self._waiting.cancel()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        self._answer_requests()

    def _answer_requests(self) -> None:
        while self._waiting is None:
            end = self._buffer.find(_HEAD_END)
            if end < 0:
                return
            length = _LENGTH.search(self._buffer, 0, end)
            body_at = end + len(_HEAD_END)
            ends_at = body_at + (int(length[1]) if length else 0)
            if len(self._buffer) < ends_at:
                return
            target = _TARGET.search(self._buffer, 0, end)
            body = self._buffer[body_at:ends_at]
            self._buffer = self._buffer[ends_at:]
            self._answer_one(target[1].decode() if target else "", body)

    def _answer_one(self, target: str, body: bytes) -> None:
        try:
            answer = self._answer(target, json.loads(body or b"{}"))
        except AwsError as error:
            self._refuse(error)
            return
        if isinstance(answer, dict):
            self._write(200, answer)
            return
        self._waiting = answer
        answer.add_done_callback(self._answer_late)

    def _answer_late(self, answer: asyncio.Future[dict[str, Any]]) -> None:
        self._waiting = None
        if not answer.cancelled():
            self._write(200, answer.result())
            self._answer_requests()

    def _refuse(self, error: AwsError) -> None:
        self._write(400, {"__type": error.code, "message": str(error), **error.fields})

    def _write(self, status: int, document: dict[str, Any]) -> None:
        assert self._transport is not None
        body = json.dumps(document, separators=(",", ":")).encode()
        head = (
            f"HTTP/1.1 {status} {'OK' if status == 200 else 'Bad Request'}\r\n"
            "Content-Type: application/x-amz-json-1.0\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        self._transport.write(head.encode() + body)
