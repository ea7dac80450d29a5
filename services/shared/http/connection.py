"""A client's HTTP connection: uvicorn's, with limits for clients who are slow or send no HTTP.

uvicorn waits for a head and for a body for as long as they take, and takes heads of any size. The load
balancer bounds heads, and forwards none that is incomplete; bodies it passes on as slowly as they come, and
the mesh calls tasks without it.
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
"""

import math
import sys
from collections.abc import Callable
from enum import Enum, auto
from http import HTTPStatus

from httptools import HttpParserInvalidMethodError
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from shared.http.problem import PROBLEM_TYPE, problem

HEAD_BYTES = 64 * 1024
HEAD_SECONDS = 10.0
BODY_SECONDS = 20.0
"""Seconds for the whole of a body: at 1 MiB that is half a megabit a second."""
LAST_BODY_SECONDS = 5.0
"""Seconds for the whole of a body once the server was told to stop."""
CLOSE_SECONDS = 5.0
"""Seconds in which a client that was refused may read why and close the connection."""
STUCK_SECONDS = 60.0
"""Seconds for which a client may read nothing of answers that wait for it."""

_METHODS = "GET, HEAD, POST"


class _Phase(Enum):
    IDLE = auto()
    HEAD = auto()
    BODY = auto()
    RECEIVED = auto()


class BoundedConnection(HttpToolsProtocol):
    """uvicorn's protocol with limits: 408 for what does not arrive in time, 431 for a head that is too large.

    `end_overdue` has to be called about once a second. It alone looks at the clock: one look at all
    connections costs less than a timer for each request.
    """

    idle_seconds: float = math.inf
    """Seconds that a connection may be open without a request."""
    on_cut_off: Callable[[int], object] = staticmethod(lambda _: None)
    """Told the status when a request is cut off: 408 or 431."""

    # Of the class, since uvicorn makes the connection: none of them is set before it is open.
    _phase = _Phase.IDLE
    # When this phase is over on the loop's clock; None as long as nobody has looked at the clock in it.
    _due: float | None = None
    _head_bytes = 0
    _stuck_since: float | None = None
    _stopping = False
    _refused = False

    def data_received(self, data: bytes) -> None:
        """Read what came, as much of it as a head may have at a time."""
        if self._refused:
            return
        if len(data) > HEAD_BYTES:
            for start in range(0, len(data), HEAD_BYTES):
                self.data_received(data[start : start + HEAD_BYTES])
            return
        super().data_received(data)
        if self._phase is _Phase.HEAD and not self._refused:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES:
                self._cut_off(431, f"The head of the request has more than {HEAD_BYTES} bytes.")

    def on_message_begin(self) -> None:
        """Begin to wait for the rest of a head."""
        super().on_message_begin()
        self._phase = _Phase.HEAD
        self._due = None
        self._head_bytes = 0

    def on_headers_complete(self) -> None:
        """Begin to wait for a body."""
        super().on_headers_complete()
        self._phase = _Phase.BODY
        self._due = None

    def on_message_complete(self) -> None:
        """Wait for nothing: it is the application's turn."""
        super().on_message_complete()
        self._phase = _Phase.RECEIVED
        self._due = None

    def pause_writing(self) -> None:
        """Note since when the client reads nothing."""
        super().pause_writing()
        self._stuck_since = self.loop.time()

    def resume_writing(self) -> None:
        """Note that the client reads."""
        super().resume_writing()
        self._stuck_since = None

    def shutdown(self) -> None:
        """Close when the request under way is answered, and wait for its body less long."""
        super().shutdown()
        self._stopping = True
        self._due = None

    def end_overdue(self) -> None:
        """End the connection if what it waits for should have come."""
        now = self.loop.time()
        if self._stuck_since is not None and now - self._stuck_since >= STUCK_SECONDS:
            self.transport.abort()
        elif self._due is None:
            # An idle connection's time begins with the answer, which the application gives when it likes.
            if self._phase is not _Phase.RECEIVED or self._is_answered():
                self._due = now + self._patience()
        elif now >= self._due:
            self._end(now)

    def _patience(self) -> float:
        """Seconds that the client has for what comes next."""
        if self._refused:
            return CLOSE_SECONDS
        if self._phase is _Phase.BODY:
            return LAST_BODY_SECONDS if self._stopping else BODY_SECONDS
        if self._phase is _Phase.HEAD:
            return HEAD_SECONDS
        return self.idle_seconds

    def _end(self, now: float) -> None:
        if self._refused or self.transport.is_closing():
            self.transport.abort()
        elif self.pipeline or (self._phase is not _Phase.BODY and not self._is_answered()):
            # Something on the same connection is still to be answered.
            self._due = now + self._patience()
        elif self._phase is _Phase.BODY:
            self._cut_off(408, f"The body did not arrive within {BODY_SECONDS:.0f} seconds.")
        elif self._phase is _Phase.HEAD:
            self._cut_off(408, f"The head did not arrive within {HEAD_SECONDS:.0f} seconds.")
        else:
            self.transport.close()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP, or has a method that HTTP does not know."""
        if isinstance(sys.exception(), HttpParserInvalidMethodError):
            self._refuse(405, "HTTP knows no such method.", f"allow: {_METHODS}\r\n")
        else:
            self._refuse(400, msg)

    def _is_answered(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _cut_off(self, status: int, detail: str) -> None:
        self._refuse(status, detail)
        if self._refused:
            self.on_cut_off(status)

    def _refuse(self, status: int, detail: str, headers: str = "") -> None:
        """Answer in the place of the application, if it has not begun to, and close.

        What still comes is read and thrown away for a moment: closing at once would reset the connection, and
        the client might never see the answer.
        """
        cycle, answered = self.cycle, self._is_answered()
        if not answered and self._phase is not _Phase.BODY:
            # An earlier request is still to be answered, and its client would take this for the answer.
            cycle.keep_alive = False
            self.flow.pause_reading()
            return
        if self._phase is not _Phase.BODY or not (answered or cycle.response_started):
            self.transport.write(_response(status, detail, headers))
        if not answered:
            # To the application the client has hung up.
            cycle.disconnected = True
            cycle.message_event.set()
        self._refused = True
        self._due = None
        self._unset_keepalive_if_required()
        self.flow.resume_reading()
        self.transport.write_eof()


def _response(status: int, detail: str, headers: str) -> bytes:
    """A response after which the connection is closed."""
    content = problem(status, detail)
    head = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\ncontent-type: {PROBLEM_TYPE.decode()}\r\n"
        f"content-length: {len(content)}\r\nconnection: close\r\n{headers}\r\n"
    )
    return head.encode() + content
