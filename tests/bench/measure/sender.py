"""Mails a second and vCPU of the Email Sender, beside Celery on the same queue and mail server."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from common.growing_logs import Follower
from tests.bench import aws as names
from tests.bench.aws import Aws
from tests.bench.children import Child, child
from tests.bench.figures import Round, Summary, milliseconds, summary
from tests.bench.measure import floors
from tests.bench.notification import RECIPIENT, SUBJECT, TEXT, message
from tests.bench.services import email_sender, smtp_server
from tests.bench.targets import CELERY, FLOOR, OURS
from verify.pace import Pace
from verify.record import Mail

ROUNDS = 3
WARM_UP_MAILS = 100
MAILS = 3000
# For how long a mail takes, they come one by one and not as a backlog.
PACED_MAILS = 100
PACED_RATE = 40.0

_WORKER = ["--pool=prefork", "--concurrency=1", "--loglevel=WARNING"]
# Workers talk to each other unless told not to; there is nobody to talk to.
_ALONE = ["--without-gossip", "--without-mingle", "--without-heartbeat"]


@dataclass(frozen=True)
class _Candidate:
    name: str
    running: Child
    queue: str
    enqueue: Callable[[Sequence[str]], None]


def measure(aws: Aws, folder: Path, say: Callable[[str], None]) -> Mapping[str, Summary]:
    """Run both candidates at once and give them a backlog in turn, round after round.

    Raises:
        BenchError: One did not start, ended, or did not send its mails in time.
    """
    rounds: dict[str, list[Round]] = {FLOOR: [], CELERY: [], OURS: []}
    with ExitStack() as stack:
        say("sender: starting")
        smtp_port, sent = stack.enter_context(smtp_server(folder))
        candidates = [
            stack.enter_context(_celery(aws, smtp_port, folder)),
            stack.enter_context(_ours(aws, smtp_port, folder)),
        ]
        for candidate in candidates:
            say(f"sender: warming {candidate.name} up")
            _backlog(candidate, aws, sent, WARM_UP_MAILS)
        for number in range(1, ROUNDS + 1):
            for candidate in candidates:
                say(f"sender: round {number} of {ROUNDS}, {candidate.name}")
                spent = _backlog(candidate, aws, sent, MAILS)
                rounds[candidate.name].append(Round(MAILS, spent, *milliseconds(_paced(candidate, sent))))
            say(f"sender: round {number} of {ROUNDS}, {FLOOR}")
            rounds[FLOOR].append(floors.mails(aws, folder, smtp_port, MAILS, message("{id}").to_json()))
    return {name: summary(name, done) for name, done in rounds.items()}


@contextmanager
def _ours(aws: Aws, smtp_port: int, folder: Path) -> Iterator[_Candidate]:
    def enqueue(ids: Sequence[str]) -> None:
        aws.send(names.QUEUE, [message(notification).to_json() for notification in ids])

    with email_sender(aws, smtp_port, folder) as (running, _):
        yield _Candidate(OURS, running, names.QUEUE, enqueue)


@contextmanager
def _celery(aws: Aws, smtp_port: int, folder: Path) -> Iterator[_Candidate]:
    # Only the benchmarks' environment has Celery; what is computed here is tested without it.
    from tests.bench.rivals.celery_app import TASK, application  # noqa: PLC0415 - as said

    broker = f"sqs://bench:bench@127.0.0.1:{aws.port}"
    app = application(broker, names.CELERY_QUEUE, smtp_port)
    environment = {
        **aws.environment,
        "BROKER_URL": broker,
        "QUEUE_NAME": names.CELERY_QUEUE,
        "SMTP_PORT": str(smtp_port),
    }

    def enqueue(ids: Sequence[str]) -> None:
        for notification in ids:
            app.send_task(TASK, [notification, RECIPIENT, SUBJECT, TEXT])

    command = ["-m", "celery", "--app=tests.bench.rivals.celery_worker", "worker", *_WORKER, *_ALONE]
    with child("celery", command, environment, folder) as running:
        yield _Candidate(CELERY, running, names.CELERY_QUEUE, enqueue)


def _backlog(candidate: _Candidate, aws: Aws, sent: Follower[Mail], mails: int) -> float:
    """CPU seconds for so many mails that wait already, to the last message's deletion."""
    sent_before = len(sent.all())
    with aws.paused(candidate.queue):
        candidate.enqueue([str(uuid4()) for _ in range(mails)])
        before = candidate.running.cpu_seconds()
    candidate.running.wait_until(
        f"{mails} mails were sent and deleted",
        lambda: aws.depth(candidate.queue) == 0 and len(sent.all()) >= sent_before + mails,
    )
    return candidate.running.cpu_seconds() - before


def _paced(candidate: _Candidate, sent: Follower[Mail]) -> list[float]:
    """Seconds from the queue to the mail server, of mails that come evenly."""
    period = 1 / PACED_RATE
    enqueued: dict[str, float] = {}
    pace = Pace(period, time.monotonic())
    for _ in range(PACED_MAILS):
        time.sleep(pace.wait(time.monotonic()))
        notification = str(uuid4())
        # The SMTP server, another process, notes times on the same clock.
        enqueued[notification] = time.time()
        candidate.enqueue([notification])
    candidate.running.wait_until(
        f"{PACED_MAILS} mails were sent",
        lambda: enqueued.keys() <= {mail.notification_id for mail in sent.all()},
    )
    return waits(enqueued, sent.all())


def waits(enqueued: Mapping[str, float], mails: Sequence[Mail]) -> list[float]:
    """Seconds from the queue to the SMTP server.

    Args:
        enqueued: When each was put on the queue, by its id.
        mails: What the SMTP server has taken, others among them.
    """
    return [
        mail.received_at - enqueued[mail.notification_id]
        for mail in mails
        if mail.notification_id in enqueued
    ]
