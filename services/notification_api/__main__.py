"""`python -m notification_api`: run the Notification API until SIGTERM."""

import asyncio
import sys
from collections.abc import Callable
from contextlib import AsyncExitStack
from functools import partial
from typing import TYPE_CHECKING

import structlog

from notification_api.api_keys import ApiKeys, secret_reader
from notification_api.app import create_app
from notification_api.deliveries import open_deliveries
from notification_api.health import Readiness
from notification_api.models import Rules
from notification_api.notification_queue import NotificationQueue
from notification_api.priority_queues import PriorityQueues
from notification_api.settings import ApiSettings
from shared.http.server import listen, serve
from shared.logs import configure_logs
from shared.metrics import Metrics
from shared.process import run_until_stopped
from shared.settings import load_settings
from shared.sqs.client import sqs_client
from shared.sqs.micro_batcher import BatchLimits
from shared.sqs.queue_url import resolve_queue_url

if TYPE_CHECKING:
    from types_aiobotocore_sqs import SQSClient

# Together less than the stopTimeout of the task definition (30 s). What is left of a body when the stop comes
# (5 s) and the wait for SQS (10 s) fit in the first, so every request under way gets its answer.
_REQUESTS_SECONDS = 20
_DRAIN_SECONDS = 5
_SQS_READ_SECONDS = 5.0
_QUEUES = 2
# Of each queue; messages that may wait at once, and for how long: callers have more patience than that,
# and so has the load balancer (60 s). Their bytes are bounded where they come in.
# At a hundred requests a second each second one joins another's call, and nobody waits for long.
_LIMITS = BatchLimits(capacity=500, wait_seconds=0.011, patience_seconds=10.0, eager=True)

_log = structlog.get_logger()


async def run(settings: ApiSettings, stop: asyncio.Event) -> None:
    """Serve until told to stop; then finish the requests under way.

    Raises:
        StartupError: A queue or the API keys cannot be found, or the address is taken.
    """
    metrics = Metrics(settings.service_name, settings.environment)
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(
            sqs_client(
                region=settings.aws_region,
                read_seconds=_SQS_READ_SECONDS,
                connections=_QUEUES * _LIMITS.calls,
            )
        )
        secret = settings.api_keys_secret
        read = await stack.enter_async_context(secret_reader(secret, region=settings.aws_region))
        api_keys = ApiKeys(read, secret=secret, every_seconds=settings.api_keys_seconds)
        deliveries = await stack.enter_async_context(open_deliveries(settings.email_sender_url))

        def queue(name: str, url: str) -> NotificationQueue:
            return NotificationQueue(client, name=name, url=url, metrics=metrics)

        def cut_off(status: int) -> None:
            metrics.count("RequestsCutOff")
            _log.info("request_cut_off", status=status)

        priority_queues = await _priority_queues(settings, client, queue, stop)
        if priority_queues is None or not await api_keys.load(stop):
            return
        await stack.enter_async_context(api_keys.kept_fresh())
        await stack.enter_async_context(metrics.flushed())
        app = create_app(
            priority_queues=priority_queues,
            api_keys=api_keys,
            deliveries=deliveries,
            readiness=Readiness(stop, priority_queues, api_keys),
            metrics=metrics,
            rules=Rules(smtputf8=settings.smtputf8),
        )
        socket = listen(str(settings.bind_host), settings.port)
        _log.info("serving", address="{}:{}".format(*socket.getsockname()), queue=settings.queue_name)
        await serve(app, socket, stop, shutdown_seconds=_REQUESTS_SECONDS, on_cut_off=cut_off)
        # Only callers that hung up can have left anything; what was taken is still sent.
        try:
            async with asyncio.timeout(_DRAIN_SECONDS):
                await priority_queues.drain()
        except TimeoutError:
            # Nobody was told that these were accepted.
            _log.warning("not_drained", messages=priority_queues.held)
        _log.info("stopped")


async def _priority_queues(
    settings: ApiSettings,
    client: "SQSClient",
    queue: Callable[[str, str], NotificationQueue],
    stop: asyncio.Event,
) -> PriorityQueues | None:
    """The queues, each with its URL; None if told to stop first."""
    queues = []
    names = {"QUEUE_NAME": settings.queue_name, "PRIORITY_QUEUE_NAME": settings.priority_queue_name}
    for setting, name in names.items():
        if not name:
            continue
        url = await resolve_queue_url(client, name, stop, setting=setting)
        if url is None:
            return None
        queues.append(queue(name, url))
    return PriorityQueues(queues[0], queues[1] if len(queues) == _QUEUES else None, _LIMITS)


def main() -> int:
    """Run the service; the exit code."""
    settings = load_settings(ApiSettings)
    configure_logs(service=settings.service_name, environment=settings.environment, level=settings.log_level)
    return run_until_stopped(partial(run, settings))


if __name__ == "__main__":
    sys.exit(main())
