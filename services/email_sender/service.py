"""The Email Sender as a whole: its parts, put together out of its settings."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from email_sender.app import SenderApp
from email_sender.dead_letters import DeadLetters
from email_sender.delivery import Delivery, DeliveryRules
from email_sender.heartbeat import Heartbeat
from email_sender.inbox import LONG_POLL_SECONDS, Inbox
from email_sender.ledger import Ledger, LedgerTable, Rules, dynamodb_client
from email_sender.ledger.startup import ledger_answers
from email_sender.observations import Observations
from email_sender.providers.choose import mail_provider
from email_sender.send_rate import SendRate
from email_sender.settings import SenderSettings
from email_sender.suppression.suppression import Suppression
from email_sender.worker import Worker
from observability.metrics import Metrics
from serving.server import listen, serve
from sqs.client import sqs_client
from sqs.queue_url import resolve_queue_url

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_sqs import SQSClient

_SQS_CONNECTIONS = 24
_DYNAMODB_CONNECTIONS = 32
_SECONDS_A_DAY = 86400

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Queues:
    """URLs of the queues; `high` is None if there is no queue of high priority."""

    normal: str
    high: str | None
    dead_letter: str


async def run(settings: SenderSettings, stop: asyncio.Event) -> None:
    """Work until told to stop; then finish or release what is in hand.

    Raises:
        StartupError: A queue cannot be found, the ledger does not answer, or the address is taken.
    """
    metrics = Metrics(settings.service_name, settings.environment)
    async with _clients(settings) as (sqs, dynamodb), metrics.flushed():
        queues = await _queues(sqs, settings, stop)
        if queues is None:
            return
        rules = Rules(
            lease_seconds=settings.visibility_timeout_seconds,
            retention_seconds=settings.ledger_retention_days * _SECONDS_A_DAY,
            resend_unknown=settings.unknown_outcome == "resend",
        )
        ledger = Ledger(LedgerTable(dynamodb, settings.ledger_table), rules)
        if not await ledger_answers(ledger, settings.ledger_table, stop):
            return
        send_rate = SendRate(dynamodb, settings.ledger_table, settings.send_rate)
        async with _worker(settings, queues, sqs, dynamodb, ledger, send_rate, metrics) as worker:
            app = SenderApp(_readiness(worker, ledger, send_rate, stop), ledger.find)
            await _work(settings, worker, app, stop)


@asynccontextmanager
async def _clients(settings: SenderSettings) -> "AsyncIterator[tuple[SQSClient, DynamoDBClient]]":
    async with (
        sqs_client(
            region=settings.aws_region, read_seconds=LONG_POLL_SECONDS + 5, connections=_SQS_CONNECTIONS
        ) as sqs,
        dynamodb_client(region=settings.aws_region, connections=_DYNAMODB_CONNECTIONS) as dynamodb,
    ):
        yield sqs, dynamodb


async def _queues(sqs: "SQSClient", settings: SenderSettings, stop: asyncio.Event) -> _Queues | None:
    """The queues' URLs, or None if told to stop first.

    Raises:
        StartupError: One cannot be found.
    """
    normal = await resolve_queue_url(sqs, settings.queue_name, stop)
    dead_letter = await resolve_queue_url(
        sqs, settings.dead_letter_queue_name, stop, setting="DEAD_LETTER_QUEUE_NAME"
    )
    high = None
    if settings.priority_queue_name:
        high = await resolve_queue_url(sqs, settings.priority_queue_name, stop, setting="PRIORITY_QUEUE_NAME")
    if normal is None or dead_letter is None or stop.is_set():
        return None
    return _Queues(normal, high, dead_letter)


@asynccontextmanager
async def _worker(  # noqa: PLR0913, PLR0917 - it is where the parts meet
    settings: SenderSettings,
    queues: _Queues,
    sqs: "SQSClient",
    dynamodb: "DynamoDBClient",
    ledger: Ledger,
    send_rate: SendRate,
    metrics: Metrics,
) -> AsyncIterator[Worker]:
    observations = Observations(metrics, settings.mail_provider)
    async with mail_provider(settings) as provider:
        delivery = Delivery(
            provider,
            ledger,
            DeliveryRules(settings.mail_from, settings.send_timeout_seconds, settings.max_receive_count),
            observations,
            send_rate=send_rate if settings.send_rate else None,
            suppression=Suppression(dynamodb, settings.ledger_table),
        )

        def inbox(url: str) -> Inbox:
            return Inbox(sqs, url, visibility_timeout_seconds=settings.visibility_timeout_seconds)

        worker = Worker(
            inbox(queues.normal),
            delivery,
            DeadLetters(sqs, queues.dead_letter),
            Heartbeat(settings.visibility_timeout_seconds),
            observations,
            concurrency=settings.concurrency,
            high=None if queues.high is None else inbox(queues.high),
        )
        metrics.gauge("InFlight", lambda: worker.in_hand, Provider=settings.mail_provider)
        yield worker


def _readiness(
    worker: Worker, ledger: Ledger, send_rate: SendRate, stop: asyncio.Event
) -> Callable[[], str | None]:
    def why_not_ready() -> str | None:
        if stop.is_set():
            return "The task is stopping."
        if worker.trouble is not None:
            return f"The queue is unavailable: {worker.trouble}"
        trouble = ledger.trouble or send_rate.trouble
        return None if trouble is None else f"The ledger is unavailable: {trouble}"

    return why_not_ready


async def _work(settings: SenderSettings, worker: Worker, app: SenderApp, stop: asyncio.Event) -> None:
    socket = listen(str(settings.bind_host), settings.port)
    worked = asyncio.Event()
    _log.info("serving", address="{}:{}".format(*socket.getsockname()), queue=settings.queue_name)
    async with asyncio.TaskGroup() as tasks:
        # Health is answered until the work is done: ECS would kill a task that falls silent before.
        tasks.create_task(serve(app, socket, worked, shutdown_seconds=1))
        try:
            await worker.run(stop, shutdown_seconds=settings.shutdown_timeout_seconds)
        finally:
            worked.set()
    _log.info("stopped")
