"""The HTTP server of both services: uvicorn, set up for a target behind a load balancer."""

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable, Iterator
from typing import cast

import uvicorn

from shared.http.connection import BoundedConnection
from shared.http.last_words import LastWords
from shared.process import StartupError

# Longer than the idle timeout of the load balancer (60 s): whoever closes an idle connection must
# be the load balancer, else it may send a request into a connection that is just being closed.
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
KEEP_ALIVE_SECONDS = 75


_LOOK_SECONDS = 1.0
_LAST_WORDS_SECONDS = 1.0


class _Server(uvicorn.Server):
    """Leaves signals to the process, which has more to stop than a server."""

    async def end_overdue(self) -> None:
        """End connections whose clients are too slow, until cancelled."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            for connection in list(self.server_state.connections):
                cast(BoundedConnection, connection).end_overdue()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listen(host: str, port: int) -> socket.socket:
    """A socket that accepts connections to this address.

    Raises:
        StartupError: The address is taken or not ours.
    """
    try:
        return socket.create_server((host, port), backlog=2048)
    except OSError as error:
        raise StartupError(f"cannot listen on {host}:{port}: {error.strerror}") from error


async def serve(
    app: Callable[..., Awaitable[None]],
    at: socket.socket,
    stop: asyncio.Event,
    *,
    shutdown_seconds: int,
    on_cut_off: Callable[[int], object] = lambda _: None,
) -> None:
    """Answer requests until told to stop, then let those under way finish.

    One that is not finished when the time is up is answered 503. Clients who do not send their request in
    time are answered 408.

    Args:
        app: ASGI application; has no lifespan.
        at: Listening socket; closed on return.
        stop: No new connection is accepted once it is set.
        shutdown_seconds: How long requests under way may take from then on.
        on_cut_off: Told the status when a request is cut off: 408 if it is late, 431 if its head is large.
    """
    # A class of its own, since uvicorn makes the connections.
    limits = {"idle_seconds": KEEP_ALIVE_SECONDS, "on_cut_off": staticmethod(on_cut_off)}
    connection = type("_Connection", (BoundedConnection,), limits)
    server = _Server(
        uvicorn.Config(
            LastWords(app),
            loop="none",
            http=connection,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=shutdown_seconds,
        )
    )
    serving = asyncio.create_task(server.serve(sockets=[at]))
    stopping = asyncio.create_task(stop.wait())
    ending = asyncio.create_task(server.end_overdue())
    try:
        # Should looking for slow clients break, that is a defect and not to be passed over.
        await asyncio.wait({serving, stopping, ending}, return_when=asyncio.FIRST_COMPLETED)
        server.should_exit = True
        await serving
        if server.server_state.tasks:
            await asyncio.wait(server.server_state.tasks, timeout=_LAST_WORDS_SECONDS)
    finally:
        stopping.cancel()
        broken = ending.done()
        ending.cancel()
    if broken:
        await ending
