"""The Email Sender as a whole: its parts, put together out of its settings."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from email_sender.app import SenderApp
from email_sender.ledger import LeasePolicy, Ledger, LedgerTable, dynamodb_client
from email_sender.ledger.client import ledger_answers
from email_sender.mail_events.mail_events import MailEventObservations, MailEvents
from email_sender.observations import BY_RELEASE, Observations
from email_sender.providers.choose import mail_provider
from email_sender.queue.dead_letters import DeadLetters
from email_sender.queue.heartbeat import Heartbeat
from email_sender.queue.inbox import LONG_POLL_SECONDS, Inbox
from email_sender.sending.delivery import Delivery, DeliverySettings
from email_sender.sending.gate import Gate
from email_sender.sending.send_rate import SendRate
from email_sender.settings import SenderSettings
from email_sender.suppression.suppression import Suppression
from email_sender.worker import Worker
from shared.http.server import listen, serve
from shared.metrics import Compared, Metrics
from shared.sqs.client import sqs_client
from shared.sqs.queue_url import resolve_queue_url

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_sqs import SQSClient

_SQS_CONNECTIONS = 24
_DYNAMODB_CONNECTIONS = 32
_SECONDS_A_DAY = 86400
# Mail events in flight: one takes a fraction of what a mail takes, and nobody waits for it.
_EVENTS_IN_FLIGHT = 20

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Queues:
    """URLs of the queues; `high` and those of mail events are None if there are none."""

    normal: str
    high: str | None
    dead_letter: str
    events: str | None
    events_dead_letter: str | None


async def run(settings: SenderSettings, stop: asyncio.Event) -> None:
    """Work until told to stop; then finish or release what is in flight.

    Raises:
        StartupError: A queue cannot be found, the ledger does not answer, or the address is taken.
    """
    compared = Compared(settings.release, BY_RELEASE) if settings.release else None
    metrics = Metrics(settings.service_name, settings.environment, compared=compared)
    async with _clients(settings) as (sqs, dynamodb), metrics.flushed():
        queues = await _queues(sqs, settings, stop)
        if queues is None:
            return
        policy = LeasePolicy(
            lease_seconds=settings.visibility_timeout_seconds,
            retention_seconds=settings.ledger_retention_days * _SECONDS_A_DAY,
            resend_unknown=settings.unknown_outcome == "resend",
            max_attempts=settings.max_attempts,
        )
        ledger = Ledger(LedgerTable(dynamodb, settings.ledger_table), policy)
        if not await ledger_answers(ledger, settings.ledger_table, stop):
            return
        send_rate = SendRate(dynamodb, settings.ledger_table, settings.send_rate)
        suppression = Suppression(dynamodb, settings.ledger_table)
        async with _worker(settings, queues, sqs, suppression, ledger, send_rate, metrics) as worker:
            app = SenderApp(_readiness(worker, ledger, send_rate, stop), ledger.find)
            events = _events_worker(settings, queues, sqs, ledger, suppression, metrics)
            await _work(settings, [worker, *events], app, stop)


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
    further = [
        await resolve_queue_url(sqs, name, stop, setting=setting) if name else None
        for setting, name in (
            ("PRIORITY_QUEUE_NAME", settings.priority_queue_name),
            ("MAIL_EVENTS_QUEUE_NAME", settings.mail_events_queue_name),
            ("MAIL_EVENTS_DEAD_LETTER_QUEUE_NAME", settings.mail_events_dead_letter_queue_name),
        )
    ]
    if normal is None or dead_letter is None or stop.is_set():
        return None
    high, events, events_dead_letter = further
    return _Queues(normal, high, dead_letter, events, events_dead_letter)


@asynccontextmanager
async def _worker(  # noqa: PLR0913, PLR0917 - it is where the parts meet
    settings: SenderSettings,
    queues: _Queues,
    sqs: "SQSClient",
    suppression: Suppression,
    ledger: Ledger,
    send_rate: SendRate,
    metrics: Metrics,
) -> AsyncIterator[Worker]:
    observations = Observations(metrics, settings.mail_provider)
    async with mail_provider(settings) as provider:
        gate = Gate(provider, settings.concurrency)
        delivery = Delivery(
            provider,
            ledger,
            DeliverySettings(
                settings.mail_from,
                settings.send_timeout_seconds,
                settings.max_attempts,
                settings.max_age_seconds,
                settings.mail_from_name,
            ),
            observations,
            gate=gate,
            send_rate=send_rate if settings.send_rate else None,
            suppression=suppression,
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
            gate=gate,
        )
        # Like all that alarms read, it has no dimensions of its own.
        metrics.gauge("ProviderUnavailable", lambda: 0.0 if gate.last_error is None else 1.0)
        metrics.gauge("InFlight", lambda: worker.in_flight, Provider=settings.mail_provider)
        yield worker


def _events_worker(  # noqa: PLR0913, PLR0917 - it is where the parts meet
    settings: SenderSettings,
    queues: _Queues,
    sqs: "SQSClient",
    ledger: Ledger,
    suppression: Suppression,
    metrics: Metrics,
) -> list[Worker]:
    """Worker for SES's mail events, with slots of its own; None if there is no queue of events."""
    if queues.events is None or queues.events_dead_letter is None:
        return []
    observations = MailEventObservations(metrics)
    visibility = settings.visibility_timeout_seconds
    return [
        Worker(
            Inbox(sqs, queues.events, visibility_timeout_seconds=visibility),
            MailEvents(ledger, suppression, observations),
            DeadLetters(sqs, queues.events_dead_letter),
            Heartbeat(visibility),
            observations,
            concurrency=_EVENTS_IN_FLIGHT,
        )
    ]


def _readiness(
    worker: Worker, ledger: Ledger, send_rate: SendRate, stop: asyncio.Event
) -> Callable[[], str | None]:
    def why_not_ready() -> str | None:
        if stop.is_set():
            return "The task is stopping."
        if worker.last_error is not None:
            return f"The queue is unavailable: {worker.last_error}"
        reason = ledger.outage.last_error or send_rate.outage.last_error
        if reason is not None:
            return f"The ledger is unavailable: {reason}"
        reason = worker.provider_error
        return None if reason is None else f"The mail provider takes no mail: {reason}"

    return why_not_ready


async def _work(
    settings: SenderSettings, workers: Sequence[Worker], app: SenderApp, stop: asyncio.Event
) -> None:
    socket = listen(str(settings.bind_host), settings.port)
    worked = asyncio.Event()
    _log.info("serving", address="{}:{}".format(*socket.getsockname()), queue=settings.queue_name)
    async with asyncio.TaskGroup() as tasks:
        # Health is answered until the work is done: ECS would kill a task that falls silent before.
        tasks.create_task(serve(app, socket, worked, shutdown_seconds=1))
        try:
            async with asyncio.TaskGroup() as work:
                for worker in workers:
                    work.create_task(worker.run(stop, shutdown_seconds=settings.shutdown_timeout_seconds))
        finally:
            worked.set()
    _log.info("stopped")
