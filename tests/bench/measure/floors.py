"""What nobody can do without: the CPU of bytes in and out and of calls to AWS, and no service around them."""

import json
from collections.abc import Mapping
from pathlib import Path
from uuid import uuid4

from tests.bench import aws as names
from tests.bench.aws import Aws
from tests.bench.children import child
from tests.bench.figures import Round

MESSAGES = 5000
_WARM_UP = 100
# Nobody waits for a floor.
_NO_TIME = (float("nan"), float("nan"))


def with_batches(aws: Aws, folder: Path, bare: Round, body: str) -> Round:
    """A round of a bare server, and beside each of its requests a tenth of a batch that is signed and sent.

    Args:
        aws: Stand-in for AWS.
        folder: For the log.
        bare: What the server did.
        body: Message that the Notification API makes of a request.

    Raises:
        BenchError: The batches were not sent.
    """
    spent = _run(
        "lone_batches", aws, folder, MESSAGES, {"QUEUE_NAME": names.PLAIN_QUEUE, "MESSAGE_BODY": body}
    )
    return Round(bare.count, bare.cpu_seconds + bare.count * spent / MESSAGES, bare.p50, bare.p99)


def mails(aws: Aws, folder: Path, smtp_port: int, number: int, body: str) -> Round:
    """A round of so many mails that are received, written down, pipelined and deleted.

    Args:
        aws: Stand-in for AWS.
        folder: For the log.
        smtp_port: Where the mail server listens.
        number: How many mails; tens.
        body: Message of one, with `{id}` for its notification's id.

    Raises:
        BenchError: They were not sent.
    """
    aws.send(names.PLAIN_QUEUE, [body.replace("{id}", str(uuid4())) for _ in range(number + _WARM_UP)])
    told = {"QUEUE_NAME": names.PLAIN_QUEUE, "LEDGER_TABLE": names.LEDGER, "SMTP_PORT": str(smtp_port)}
    return Round(number, _run("lone_mails", aws, folder, number, told), *_NO_TIME)


def _run(program: str, aws: Aws, folder: Path, number: int, told: Mapping[str, str]) -> float:
    """CPU seconds that a program of `tests.bench.rivals` says it took."""
    environment = {**aws.environment, **told, "MESSAGES": str(number)}
    with child(program, ["-m", f"tests.bench.rivals.{program}"], environment, folder) as running:
        running.wait_until("it had a figure", lambda: running.log.read_bytes().endswith(b"}\n"))
        said = running.log.read_text().splitlines()[-1]
    spent: float = json.loads(said)["cpu_seconds"]
    return spent
