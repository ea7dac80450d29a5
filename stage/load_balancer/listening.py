"""Addresses on this machine at which listeners answer."""

import socket
import threading
import time
from pathlib import Path

from stage.errors import StageError
from stage.host.addresses import why_not_free
from stage.host.budget import budget
from stage.load_balancer.model import Listener

_BUDGET_SECONDS = 60.0
_RETRY_SECONDS = 0.01
_FIRST_UNPRIVILEGED_PORT = 1024
_PRIVILEGED_OFFSET = 8000


def usual(declared: Listener, host: str) -> tuple[str, int]:
    """The declared port, or one that is 8000 higher if that port needs privileges."""
    privileged = declared.port < _FIRST_UNPRIVILEGED_PORT
    return host, declared.port + (_PRIVILEGED_OFFSET if privileged else 0)


def claim(declared: Listener, address: tuple[str, int]) -> tuple[str, int]:
    """The address, if the listener can answer there.

    Raises:
        StageError: Somebody else listens there.
    """
    reason = why_not_free(address)
    if reason is not None:
        raise StageError(
            f"listener {declared.port} cannot answer on {address[0]}:{address[1]} ({reason}): free "
            "that port or choose another"
        )
    return address


def await_listening(address: tuple[str, int], log: Path, closing: threading.Event) -> None:
    """Wait until Envoy answers at an address, or nobody waits for it any more.

    Raises:
        StageError: It did not in time; the message names its log.
    """
    deadline = time.monotonic() + budget(_BUDGET_SECONDS)
    while not closing.is_set():
        try:
            socket.create_connection(address, timeout=1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise StageError(f"Envoy does not listen on {address[0]}:{address[1]}: see {log}") from None
            closing.wait(_RETRY_SECONDS)
        else:
            return
