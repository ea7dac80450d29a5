"""A tiny notification API: accepts everything, or what it is told."""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Self

ACCEPTED = 202


class AcceptingServer:
    """Answers POST with 202 and a new id; a context manager.

    Attributes:
        accepted: Ids in the order in which they were given.
        authorizations: What requests said for themselves.
        answering: Nobody is answered while it is not set.
        held: Number of requests that wait for that.
    """

    def __init__(
        self, status: int = 202, on_accept: Callable[[str, bytes], None] = lambda _id, _body: None
    ) -> None:
        self.accepted: list[str] = []
        self.authorizations: set[str] = set()
        self.answering = threading.Event()
        self.answering.set()
        self.held = 0
        self._holding = threading.Lock()
        self._numbers = count()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                server.authorizations.add(self.headers["Authorization"])
                asked = self.rfile.read(int(self.headers["Content-Length"]))
                server.hold()
                try:
                    answer = server.answer(self.path, asked, on_accept) if status == ACCEPTED else {}
                except ConnectionError:
                    # As a task that dies: no answer, and the end of the connection.
                    self.close_connection = True
                    return
                body = json.dumps(answer).encode()
                kind = "json" if status == ACCEPTED else "problem+json"
                head = f"HTTP/1.1 {status} Answer\r\nContent-Length: {len(body)}\r\n"
                head += f"Content-Type: application/{kind}\r\nRetry-After: 5\r\n\r\n"
                # In one write, or a client waits for the second.
                self.wfile.write(head.encode() + body)

            def log_message(self, *_arguments: object) -> None:
                """Say nothing."""

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True
            # Fewer, and the kernel lets a client wait a second for its connection.
            request_queue_size = 128

        self._server = Quiet(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )

    def hold(self) -> None:
        """Return when requests are answered."""
        with self._holding:
            self.held += 1
        self.answering.wait()
        with self._holding:
            self.held -= 1

    def answer(self, path: str, asked: bytes, on_accept: Callable[[str, bytes], None]) -> dict:
        """The body of an answer: an id, or one for each notification of a batch."""
        if not path.endswith("/batch"):
            return {"id": self.accept(on_accept, asked)}
        each = [json.dumps(one).encode() for one in json.loads(asked)["notifications"]]
        ids = [self.accept(on_accept, one) for one in each]
        return {"results": [{"index": at, "status": 202, "id": id_} for at, id_ in enumerate(ids)]}

    def accept(self, on_accept: Callable[[str, bytes], None], asked: bytes) -> str:
        """Give out the next id."""
        id_ = f"n-{next(self._numbers)}"
        self.accepted.append(id_)
        on_accept(id_, asked)
        return id_

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        """Listen."""
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """Stop listening."""
        self.answering.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
