"""Toxics of AWS services: what is wrong with the calls of tasks, and of nobody else; those calls are counted.

Terraform, the stage and whoever watches are no tasks, so they find every service as it is. A connection
brings one call after the other, so each call is drawn for itself where a toxic concerns a share of them.
"""

import math
import socket
import struct
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from io import BytesIO
from threading import Condition, Lock
from typing import Any

from stage.control_plane import aws_errors
from stage.control_plane.authentication import CALLER, SERVICE
from stage.toxics import Toxic

_OPERATIONS = frozenset({"operations", "stream"})
_ATTRIBUTES: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(
        ("latency", "bandwidth", "slow_close", "timeout", "reset_peer", "limit_data"), _OPERATIONS
    ),
    "error": frozenset({"operations", "code"}),
    "garbage": _OPERATIONS | {"kind"},
}
_KINDS = ("html", "cut", "empty")
_HTML = b"<html><head><title>502 Bad Gateway</title></head><body><center>proxy</center></body></html>"
_RESET = struct.pack("ii", 1, 0)
# Pieces that a slow line brings one after the other.
_PIECE_BYTES = 512
# How often it is looked whether a client that waits for an answer is still there.
_LOOK_SECONDS = 0.5

Environ = dict[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], object]
Wsgi = Callable[[Environ, StartResponse], Iterable[bytes]]


class InForce:
    """Toxics that are in force now, by service."""

    def __init__(self) -> None:
        self._by_service: Mapping[str, Sequence[Toxic]] = {}
        self._changed = Condition()

    def set(self, service: str, toxics: Sequence[Mapping[str, Any]]) -> None:
        """Have a service suffer from these toxics, and no others, from now on.

        Raises:
            ValueError: There is no such service, toxic, attribute, operation or error.
        """
        if service not in aws_errors.ERRORS:
            raise ValueError(f"no service {service}: there are {', '.join(aws_errors.ERRORS)}")
        read = tuple(Toxic.read(facts, _ATTRIBUTES) for facts in toxics)
        for toxic in read:
            _check(service, toxic)
        with self._changed:
            self._by_service = {**self._by_service, service: read} if read else self._without(service)
            self._changed.notify_all()

    def of(self, service: str, environ: Environ) -> Sequence[Toxic]:
        """Toxics that concern this call of a service."""
        toxics = self._by_service.get(service, ())
        if not toxics:
            return ()
        operation = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
        return [toxic for toxic in toxics if _concerns(service, operation, toxic)]

    def wait(self, service: str, seconds: float | None, is_there: Callable[[], bool]) -> bool:
        """Wait until the service's toxics have changed; whether they have, before time or client ran out."""
        before = self._by_service.get(service)
        until = math.inf if seconds is None else time.monotonic() + seconds
        with self._changed:
            while self._by_service.get(service) is before:
                left = until - time.monotonic()
                if left <= 0 or not is_there():
                    return False
                self._changed.wait(min(left, _LOOK_SECONDS))
        return True

    def _without(self, service: str) -> dict[str, Sequence[Toxic]]:
        return {name: toxics for name, toxics in self._by_service.items() if name != service}


class Calls:
    """Calls of tasks by service and second, as they came and whatever became of them."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, int]] = Counter()
        self._lock = Lock()

    def count(self, service: str) -> None:
        """Count a call that comes now."""
        with self._lock:
            self._counts[service, int(time.time())] += 1

    def seen(self) -> dict[str, dict[int, int]]:
        """Calls by second since the Unix epoch, by service; a second without any is left out."""
        with self._lock:
            counts = dict(self._counts)
        found: dict[str, dict[int, int]] = {service: {} for service in aws_errors.ERRORS}
        for (service, second), count in counts.items():
            found[service][second] = count
        return found


IN_FORCE = InForce()
"""Those of this process."""
CALLS = Calls()
"""Those that this process has seen."""


def report_toxics(report: Mapping[str, Any]) -> None:
    """Take the stage's word for which toxics a service has from now on.

    Raises:
        ValueError: There is no such service, toxic, attribute, operation or error.
    """
    IN_FORCE.set(report["service"], report["toxics"])


def answer(environ: Environ, start_response: StartResponse, application: Wsgi) -> Iterable[bytes]:
    """Answer one call, whose caller is known, as the application does, or as the toxics in force have it.

    Raises:
        ConnectionError: Nothing, or nothing more, is answered, and the connection ends.
    """
    service = environ[SERVICE]
    if not environ[CALLER].is_of_task or service not in aws_errors.ERRORS:
        return application(environ, start_response)
    CALLS.count(service)
    toxics = IN_FORCE.of(service, environ)
    if not toxics:
        return application(environ, start_response)
    return _Call(service, toxics, environ).answer(start_response, application)


@dataclass
class _Answer:
    """An answer before it is sent."""

    status: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    def raw(self) -> bytes:
        """All of it as it goes over the wire."""
        lines = [f"HTTP/1.1 {self.status}", *(f"{name}: {value}" for name, value in self.headers)]
        return "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1") + self.body


class _Call:
    """One call of a task, and the toxics that concern it."""

    def __init__(self, service: str, toxics: Sequence[Toxic], environ: Environ) -> None:
        self._service = service
        self._toxics = toxics
        self._environ = environ
        self._connection: socket.socket = environ["werkzeug.socket"]
        self._request = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = BytesIO(self._request)

    def answer(self, start_response: StartResponse, application: Wsgi) -> Iterable[bytes]:
        answer = self._on_the_way("upstream", _Answer(body=self._request))
        for toxic in self._of("error"):
            code = toxic.attributes.get("code", aws_errors.DEFAULT_CODE)
            status, headers, body = aws_errors.answer(
                self._service, code, self._request, self._environ.get("CONTENT_TYPE", "")
            )
            answer = _Answer(_line(status), list(headers.items()), body)
        if not answer.status:
            answer = self._asked(application)
        answer = self._on_the_way("downstream", answer)
        start_response(answer.status, answer.headers)
        return self._pieces(answer.body)

    def _asked(self, application: Wsgi) -> _Answer:
        answer = _Answer()

        def start(status: str, headers: list[tuple[str, str]], *_: object) -> object:
            answer.status, answer.headers = status, list(headers)
            return None

        answer.body = b"".join(application(self._environ, start))
        return answer

    def _on_the_way(self, stream: str, data: _Answer) -> _Answer:
        """Disturb the request on its way up, or the answer on its way down."""
        self._delay(stream)
        for toxic in self._of("reset_peer", stream):
            IN_FORCE.wait(self._service, toxic.seconds("timeout"), self._is_there)
            self._reset()
        for toxic in self._of("garbage", stream):
            data = _garbled(toxic.attributes.get("kind", "html"), data, upstream=stream == "upstream")
        for toxic in self._of("limit_data", stream):
            self._cut(int(toxic.attributes.get("bytes", 0)), stream, data)
        if stream == "upstream":
            for _ in self._pieces(data.body, stream):
                pass
        return data

    def _delay(self, stream: str) -> None:
        for toxic in self._of("latency", stream):
            IN_FORCE.wait(self._service, toxic.latency_seconds, self._is_there)
        for toxic in self._of("timeout", stream):
            # 0 is until the toxic is taken away, and then all goes on as if it had not been.
            if not IN_FORCE.wait(self._service, toxic.seconds("timeout") or None, self._is_there):
                raise ConnectionAbortedError("toxic: timeout")

    def _cut(self, limit: int, stream: str, data: _Answer) -> None:
        """End the connection after so many bytes, if there are as many."""
        whole = data.body if stream == "upstream" else data.raw()
        if len(whole) < limit:
            return
        if stream == "downstream":
            self._connection.sendall(whole[:limit])
        raise ConnectionAbortedError("toxic: limit_data")

    def _pieces(self, body: bytes, stream: str = "downstream") -> Iterator[bytes]:
        """A body piece by piece, each as late as the bandwidth has it."""
        slow = self._of("bandwidth", stream)
        size = _PIECE_BYTES if slow else max(1, len(body))
        for start in range(0, max(1, len(body)), size):
            piece = body[start : start + size]
            seconds = sum(toxic.transfer_seconds(len(piece)) for toxic in slow)
            if seconds:
                IN_FORCE.wait(self._service, seconds, self._is_there)
            yield piece
        for toxic in self._of("slow_close", stream):
            IN_FORCE.wait(self._service, toxic.seconds("delay"), lambda: True)

    def _of(self, kind: str, stream: str | None = None) -> list[Toxic]:
        return [
            toxic
            for toxic in self._toxics
            if toxic.type == kind
            and (stream is None or stream == toxic.attributes.get("stream", "downstream"))
        ]

    def _is_there(self) -> bool:
        """Whether the client has not hung up: it has nothing to say before it has its answer."""
        try:
            return self._connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) != b""
        except BlockingIOError:
            return True
        except OSError:
            return False

    def _reset(self) -> None:
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        # Closed by its descriptor: the server would first tell the client of an orderly end.
        socket.close(self._connection.detach())
        raise ConnectionAbortedError("toxic: reset_peer")


def _garbled(kind: str, data: _Answer, *, upstream: bool) -> _Answer:
    """Body that comes instead of an answer: a proxy's page, half of the answer, or none of it."""
    if kind == "html" or upstream:
        body, headers = _HTML, [("Content-Type", "text/html")]
        status = _line(HTTPStatus.BAD_GATEWAY if upstream else HTTPStatus.OK)
    else:
        body = data.body[: len(data.body) // 2] if kind == "cut" else b""
        status = data.status
        headers = [(name, value) for name, value in data.headers if name.lower() != "content-length"]
    return _Answer(status, [*headers, ("Content-Length", str(len(body)))], body)


def _line(status: int) -> str:
    return f"{int(status)} {HTTPStatus(status).phrase}"


def _check(service: str, toxic: Toxic) -> None:
    code, known = toxic.attributes.get("code", aws_errors.DEFAULT_CODE), aws_errors.ERRORS[service]
    if toxic.type == "error" and code not in known:
        raise ValueError(f"{service} has no error {code}: there are {', '.join(known)}")
    if toxic.attributes.get("stream", "downstream") not in {"upstream", "downstream"}:
        raise ValueError("the stream of a toxic is upstream or downstream")
    if toxic.attributes.get("kind", "html") not in _KINDS:
        raise ValueError(f"the kind of a garbage is one of {', '.join(_KINDS)}")


def _concerns(service: str, operation: str, toxic: Toxic) -> bool:
    code = toxic.attributes.get("code", aws_errors.DEFAULT_CODE)
    possible = aws_errors.ERRORS[service][code].operations if toxic.type == "error" else None
    wanted = toxic.attributes.get("operations")
    return (
        (possible is None or operation in possible)
        and (wanted is None or operation in wanted)
        and toxic.concerns()
    )
