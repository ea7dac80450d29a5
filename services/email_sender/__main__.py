"""`python -m email_sender`: run the Email Sender until SIGTERM."""

import asyncio
import sys
from functools import partial

import structlog

from email_sender.delivery import Delivery
from email_sender.health import HealthApp
from email_sender.inbox import LONG_POLL_SECONDS, Inbox
from email_sender.providers.choose import mail_provider
from email_sender.settings import SenderSettings
from email_sender.worker import Worker
from observability.logs import configure_logs
from observability.metrics import Metrics
from serving.process import run_until_stopped
from serving.server import listen, serve
from serving.settings import load_settings
from sqs.client import sqs_client
from sqs.queue_url import resolve_queue_url

_SQS_CONNECTIONS = 10

_log = structlog.get_logger()


async def run(settings: SenderSettings, stop: asyncio.Event) -> None:
    """Work until told to stop; then finish or release what is in hand.

    Raises:
        StartupError: The queue cannot be found or the address is taken.
    """
    metrics = Metrics(settings.service_name, settings.environment)
    client_context = sqs_client(
        region=settings.aws_region, read_seconds=LONG_POLL_SECONDS + 5, connections=_SQS_CONNECTIONS
    )
    async with client_context as client, mail_provider(settings) as provider, metrics.flushed():
        url = await resolve_queue_url(client, settings.queue_name, stop)
        if url is None:
            return
        inbox = Inbox(client, url, visibility_timeout_seconds=settings.visibility_timeout_seconds)
        delivery = Delivery(
            provider,
            sender=settings.mail_from,
            timeout_seconds=settings.send_timeout_seconds,
            metrics=metrics,
        )
        worker = Worker(inbox, delivery, concurrency=settings.concurrency)

        def why_not_ready() -> str | None:
            if stop.is_set():
                return "The task is stopping."
            return None if worker.trouble is None else f"The queue is unavailable: {worker.trouble}"

        socket = listen(str(settings.bind_host), settings.port)
        worked = asyncio.Event()
        _log.info("serving", address="{}:{}".format(*socket.getsockname()), queue=settings.queue_name)
        async with asyncio.TaskGroup() as tasks:
            # Health is answered until the work is done: ECS would kill a task that falls silent before.
            tasks.create_task(serve(HealthApp(why_not_ready), socket, worked, shutdown_seconds=1))
            try:
                await worker.run(stop, shutdown_seconds=settings.shutdown_timeout_seconds)
            finally:
                worked.set()
        _log.info("stopped")


def main() -> int:
    """Run the service; the exit code."""
    settings = load_settings(SenderSettings)
    configure_logs(service=settings.service_name, environment=settings.environment, level=settings.log_level)
    return run_until_stopped(partial(run, settings))


if __name__ == "__main__":
    sys.exit(main())
