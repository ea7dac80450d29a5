"""Our two services, run as their images run them, against the stand-ins."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from common.growing_logs import Follower
from tests.bench import aws as names
from tests.bench.aws import Aws
from tests.bench.children import Child, program, server
from verify.record import Mail
from verify.request_log import mails_in

MAIL_FROM = "no-reply@example.com"

_BOTH = {
    "ENVIRONMENT": "bench",
    "QUEUE_NAME": names.QUEUE,
    "PRIORITY_QUEUE_NAME": names.PRIORITY_QUEUE,
}


def notification_api(aws: Aws, folder: Path, way: str = "") -> AbstractContextManager[tuple[Child, int]]:
    """The Notification API and its port, once it is ready.

    Args:
        aws: Stand-in for AWS.
        folder: For its log.
        way: How its busiest route is made, by `tests.bench.rivals.api_ways`; as it is shipped if empty.
    """
    environment = {
        **aws.environment,
        **_BOTH,
        "SERVICE_NAME": "notification-api",
        "API_KEYS_SECRET": names.API_KEYS_SECRET,
        "EMAIL_SENDER_URL": "",
    }
    program = ["-m", "tests.bench.rivals.api_ways", way] if way else ["-m", "notification_api"]
    return server(f"notification-api {way}".strip(), program, environment, folder)


def email_sender(aws: Aws, smtp_port: int, folder: Path) -> AbstractContextManager[tuple[Child, int]]:
    """The Email Sender and its port, once it is ready."""
    environment = {
        **aws.environment,
        # As Celery beside it: what goes well is no line.
        "LOG_LEVEL": "WARNING",
        # For throughput, as Celery beside it has no bound on what it prefetches.
        "CONCURRENCY": "100",
        **_BOTH,
        "SERVICE_NAME": "email-sender",
        "DEAD_LETTER_QUEUE_NAME": names.DEAD_LETTERS,
        "LEDGER_TABLE": names.LEDGER,
        "MAIL_PROVIDER": "smtp",
        "MAIL_FROM": MAIL_FROM,
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(smtp_port),
        "SMTP_STARTTLS": "false",
    }
    return server("email-sender", ["-m", "email_sender"], environment, folder)


@contextmanager
def smtp_server(folder: Path) -> Iterator[tuple[int, Follower[Mail]]]:
    """The SMTP server's port, and what it has taken."""
    log = folder / "mails.jsonl"
    with program("smtp server", ["-m", "stage.smtp_server", "--log", str(log)], folder) as (_, port):
        yield port, mails_in(log)
