"""`python -m notification_api`: run the Notification API until SIGTERM."""

import asyncio
import sys
from functools import partial

import structlog

from notification_api.app import create_app
from notification_api.notification_queue import NotificationQueue
from notification_api.readiness import Readiness
from notification_api.settings import ApiSettings
from observability.logs import configure_logs
from observability.metrics import Metrics
from serving.process import run_until_stopped
from serving.server import listen, serve
from serving.settings import load_settings
from sqs.client import sqs_client
from sqs.micro_batcher import BatchLimits, MicroBatcher
from sqs.queue_url import resolve_queue_url

# Together less than the stopTimeout of the task definition (30 s). Two attempts of a call to SQS
# (5 s each) fit in the first, so every request under way gets its answer.
_REQUESTS_SECONDS = 20
_DRAIN_SECONDS = 5
_SQS_READ_SECONDS = 5.0
# Messages that may wait at once; their bytes are bounded where they come in.
_CAPACITY = 500

_log = structlog.get_logger()


async def run(settings: ApiSettings, stop: asyncio.Event) -> None:
    """Serve until told to stop; then finish the requests under way.

    Raises:
        StartupError: The queue cannot be found or the address is taken.
    """
    metrics = Metrics(settings.service_name, settings.environment)
    limits = BatchLimits(capacity=_CAPACITY)
    client_context = sqs_client(
        region=settings.aws_region, read_seconds=_SQS_READ_SECONDS, connections=limits.calls
    )
    async with client_context as client, metrics.flushed():
        url = await resolve_queue_url(client, settings.queue_name, stop)
        if url is None:
            return
        queue = NotificationQueue(client, name=settings.queue_name, url=url, metrics=metrics)
        messages = MicroBatcher(queue.send, limits)
        app = create_app(messages, Readiness(stop, queue.check), metrics)
        socket = listen(str(settings.bind_host), settings.port)
        _log.info("serving", address="{}:{}".format(*socket.getsockname()), queue=settings.queue_name)
        await serve(app, socket, stop, shutdown_seconds=_REQUESTS_SECONDS)
        # Only callers that hung up can have left anything; what was taken is still sent.
        try:
            async with asyncio.timeout(_DRAIN_SECONDS):
                await messages.drain()
        except TimeoutError:
            # Nobody was told that these were accepted.
            _log.warning("not_drained", messages=messages.held)
        _log.info("stopped")


def main() -> int:
    """Run the service; the exit code."""
    settings = load_settings(ApiSettings)
    configure_logs(service=settings.service_name, environment=settings.environment, level=settings.log_level)
    return run_until_stopped(partial(run, settings))


if __name__ == "__main__":
    sys.exit(main())
