"""The life of a service process: start, a signal to stop, an exit code."""

import asyncio
import gc
import signal
from collections.abc import Awaitable, Callable

import structlog
import uvloop

FAILED = 1
"""Exit code when the service could not start although its settings make sense, or has a defect."""


class StartupError(Exception):
    """Why the service cannot start and what to do about it, in one sentence."""


def run_until_stopped(service: Callable[[asyncio.Event], Awaitable[None]]) -> int:
    """Run a service until it ends or is told to.

    SIGTERM (ECS) and SIGINT (a terminal) set the event; the service then finishes what it has in
    hand and returns.

    Returns:
        Exit code: 0, or 1 if the service could not start or broke; the reason is in the log.
    """

    async def main() -> int:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        # Modules and models live as long as the process: no collection need look at them again.
        gc.freeze()
        # What a request or a mail leaves behind is freed by counting references; looking for cycles among
        # it as often as Python does by default costs 5 % of the CPU.
        gc.set_threshold(50_000, 20, 20)
        try:
            await service(stop)
        except StartupError as error:
            structlog.get_logger().error("startup_failed", reason=str(error))
            return FAILED
        except Exception:  # noqa: BLE001 - the last word on a defect is a log line, not a bare traceback
            structlog.get_logger().exception("crashed")
            return FAILED
        return 0

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main())
