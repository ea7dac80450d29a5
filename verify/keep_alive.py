"""Watches idle connections to tasks: one that a task closes before its load balancer does loses requests.

A load balancer sends the next request over a connection that it has kept. If the task closes it in the same
moment, the client gets a 502. That is rare, and so is never seen for certain in a run, but its cause is: how
long the task keeps a connection that nobody uses.
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
"""

import http.client
import select
import socket
import threading
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

from verify.record import IdleConnection
from verify.waiting import START

Address = tuple[str, int]

_CONNECT_SECONDS = 10.0
_LOOK_SECONDS = 0.2


class IdleConnections:
    """One connection to each address, idle since its first answer; a context manager.

    Args:
        addresses: Where tasks listen, told once, on entry.
        path: What is asked for once; any answer will do.
    """

    def __init__(self, addresses: Callable[[], Sequence[Address]], path: str = "/") -> None:
        self._addresses = addresses
        self._path = path
        self._ending = threading.Event()
        self._lock = threading.Lock()
        self._closed: list[IdleConnection] = []
        self._open: dict[socket.socket, tuple[http.client.HTTPConnection, Address, float]] = {}
        self._thread = threading.Thread(target=self._watch, name="idle-connections", daemon=True)

    def __enter__(self) -> Self:
        """Connect; a task that cannot be reached is left out."""
        for address in self._addresses():
            connection = http.client.HTTPConnection(*address, timeout=_CONNECT_SECONDS)
            try:
                connection.request("GET", self._path)
                connection.getresponse().read()
            except (OSError, http.client.HTTPException):
                connection.close()
                continue
            if connection.sock is None:
                # It was closed with the answer.
                self._closed.append(IdleConnection(_name(address), 0.0, ended=self._answers(address)))
            else:
                self._open[connection.sock] = (connection, address, time.monotonic())
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close what is still open."""
        self._ending.set()
        self._thread.join(START)
        for connection, _, _ in self._open.values():
            connection.close()

    def seen(self) -> tuple[IdleConnection, ...]:
        """Each connection until now, and how long it was idle."""
        now = time.monotonic()
        with self._lock:
            still = [
                IdleConnection(_name(address), now - since, ended=False)
                for _, address, since in self._open.values()
            ]
            return (*self._closed, *still)

    def _watch(self) -> None:
        while not self._ending.is_set() and self._open:
            readable, _, _ = select.select(list(self._open), [], [], _LOOK_SECONDS)
            for one in readable:
                connection, address, since = self._open[one]
                idle = time.monotonic() - since
                # Nothing was asked for, so that this is its end; with a task that ends, its connections end.
                alone = self._answers(address)
                with self._lock:
                    del self._open[one]
                    self._closed.append(IdleConnection(_name(address), idle, ended=alone))
                connection.close()

    def _answers(self, address: Address) -> bool:
        """Whether the task goes on; a killed one may take a connection for a moment, and answers nothing."""
        connection = http.client.HTTPConnection(*address, timeout=_CONNECT_SECONDS)
        try:
            connection.request("GET", self._path)
            connection.getresponse().read()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        return True


def _name(address: Address) -> str:
    return f"{address[0]}:{address[1]}"
