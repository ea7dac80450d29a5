"""`python -m email_sender.healthcheck`: the container health check, exit code 0 or 1.

It runs every few seconds inside the task's CPU reservation, so it imports next to nothing.
"""

import os
import socket
import sys

from shared.health import HEALTH_PATH

_TIMEOUT_SECONDS = 4.0


def is_healthy(host: str, port: int, timeout: float = _TIMEOUT_SECONDS) -> bool:
    """Whether `/healthz` answers 200 at this address; 0.0.0.0 means this machine."""
    request = f"GET {HEALTH_PATH} HTTP/1.0\r\nHost: {host}\r\n\r\n".encode()
    try:
        with socket.create_connection(("127.0.0.1" if host == "0.0.0.0" else host, port), timeout) as to:  # noqa: S104 - compared, not bound
            to.sendall(request)
            status = to.makefile("rb").readline(64).split()
    except OSError:
        return False
    return len(status) > 1 and status[0].startswith(b"HTTP/") and status[1] == b"200"


def main() -> int:
    """Probe the address that the service listens on; the exit code."""
    host, port = os.environ.get("BIND_HOST", "127.0.0.1"), int(os.environ["PORT"])
    return 0 if is_healthy(host, port) else 1


if __name__ == "__main__":
    sys.exit(main())
