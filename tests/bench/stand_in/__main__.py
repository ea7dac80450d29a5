"""Program: `python -m tests.bench.stand_in`, what it holds as JSON on standard input.

The first line on standard output is `ready PORT`.
"""

import asyncio
import gc
import json
import signal
import sys

import uvloop

from tests.bench.stand_in.http import JsonProtocol
from tests.bench.stand_in.services import services


async def serve(holds: dict[str, object]) -> None:
    """Answer on a free port of the loopback until SIGTERM."""
    loop = asyncio.get_running_loop()
    ending = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ending.set)
    answer = services(now=loop.time, **holds).answer  # type: ignore[arg-type]
    server = await loop.create_server(lambda: JsonProtocol(answer), "127.0.0.1", 0, backlog=1024)
    # Messages come and go by reference count; looking for cycles would only make single calls slow.
    gc.disable()
    sys.stdout.write(f"ready {server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await ending.wait()
    server.close()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(json.load(sys.stdin)))
