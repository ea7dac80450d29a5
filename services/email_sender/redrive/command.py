"""`python -m email_sender redrive`: bring dead letters back to their queues."""

import argparse
import asyncio
import math
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from email_sender.ledger import LedgerTable, dynamodb_client
from email_sender.operator_settings import LedgerSettings, Name, OperatorError, read_settings
from email_sender.queue.dead_letters import ReturnQueue
from email_sender.queue.inbox import Inbox
from email_sender.redrive.judge import Asked, Verdict
from email_sender.redrive.pace import Pace, pause_unless
from email_sender.redrive.redrive import HIDDEN_SECONDS, Places, Redrive
from email_sender.redrive.report import shown_progress, summary
from shared.sqs.client import sqs_client
from shared.sqs.errors import QueueUnavailableError

if TYPE_CHECKING:
    from types_aiobotocore_sqs import SQSClient

# An empty answer of a long poll means that all of SQS's servers were asked:
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html
_POLL_SECONDS = 2
_CONNECTIONS = 10
_TO_RUN_AGAIN = (Verdict.CHANGED, Verdict.NOT_CONFIRMED, Verdict.NOT_DELETED)
_SLOWEST_PER_SECOND = 0.1


class RedriveSettings(LedgerSettings):
    """Settings of a redrive: its queues and the ledger.

    Attributes:
        queue_name: SQS queue for normal priority.
        priority_queue_name: SQS queue for high priority; empty if there is none.
        dead_letter_queue_name: SQS queue that dead letters of both are on.
    """

    queue_name: Name
    priority_queue_name: str = ""
    dead_letter_queue_name: Name


def main(argv: Sequence[str], *, console: Console | None = None) -> int:
    """Bring dead letters back; Ctrl-C ends it early and loses nothing.

    Args:
        argv: What stands behind `redrive` on the command line.
        console: Where to print; standard output if not given.

    Returns:
        Exit code: 0 if every letter that was asked for is dealt with, 1 if it must be run again, was
        interrupted, or could not begin.

    Raises:
        SystemExit: The command line makes no sense, or asks for help.
    """
    console = console or Console()
    options = _parser().parse_args(argv)
    asked = Asked(
        reason=options.reason,
        resend_unknown=options.resend_unknown,
        drop_sent=options.drop_sent,
        dry_run=options.dry_run,
        limit=options.limit,
    )
    try:
        settings = read_settings(RedriveSettings)
        return asyncio.run(_run(settings, asked, options.per_second, console))
    except (OperatorError, BotoCoreError) as error:
        _complain(console, str(error))
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m email_sender redrive",
        description="Brings dead letters back to the queue of their priority, so that they are tried again. "
        "A mail that is sent already is not sent again.",
        epilog="Needs QUEUE_NAME, PRIORITY_QUEUE_NAME (if there is one), DEAD_LETTER_QUEUE_NAME, "
        "LEDGER_TABLE and AWS_REGION in the environment.",
    )
    add = parser.add_argument
    add("--reason", default="", metavar="TEXT", help="only letters whose reason contains this text")
    add("--limit", type=_whole, metavar="N", help="move at most so many letters")
    add("--per-second", type=_rate, default=10.0, metavar="N", help="letters a second; default: %(default)g")
    add("--dry-run", action="store_true", help="say what would be done, and do nothing")
    add("--resend-unknown", action="store_true", help="also letters whose mail may have been sent")
    add("--drop-sent", action="store_true", help="delete letters whose mail is sent")
    return parser


def _whole(text: str) -> int:
    if not (text.isdecimal() and int(text) > 0):
        raise argparse.ArgumentTypeError("must be a whole number from 1")
    return int(text)


def _rate(text: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = math.nan
    if not (_SLOWEST_PER_SECOND <= rate < math.inf):
        raise argparse.ArgumentTypeError(f"must be a number from {_SLOWEST_PER_SECOND}")
    return rate


async def _run(settings: RedriveSettings, asked: Asked, per_second: float, console: Console) -> int:
    """Run the redrive; the exit code.

    Raises:
        OperatorError: A queue is not there, or may not be looked at.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with _places(settings) as (places, letters):
        pace = Pace(per_second, pause=partial(pause_unless, stop))
        redrive = Redrive(places, asked, stop, pace=pace)
        total = letters if asked.limit is None else min(letters, asked.limit)
        with shown_progress(console, total) as progress:
            try:
                await redrive.run(progress)
            except QueueUnavailableError as error:
                redrive.first_error = redrive.first_error or str(error)
    console.print(summary(redrive.tally, dry_run=asked.dry_run))
    if redrive.first_error is not None:
        _complain(console, f"AWS did not confirm everything: {redrive.first_error}. Run it again")
    if stop.is_set():
        _complain(console, "interrupted: what is not moved is where it was. Run it again for the rest")
    again = any(redrive.tally[verdict] for verdict in _TO_RUN_AGAIN)
    return int(again or stop.is_set() or redrive.first_error is not None)


@asynccontextmanager
async def _places(settings: RedriveSettings) -> AsyncIterator[tuple[Places, int]]:
    """The queues and the ledger that the settings name, and about how many dead letters there are.

    Raises:
        OperatorError: A queue is not there, or may not be looked at.
    """
    async with (
        sqs_client(
            region=settings.aws_region, read_seconds=_POLL_SECONDS + 5, connections=_CONNECTIONS
        ) as sqs,
        dynamodb_client(region=settings.aws_region, connections=_CONNECTIONS) as dynamodb,
    ):
        normal = ReturnQueue(sqs, await _url(sqs, "QUEUE_NAME", settings.queue_name))
        high = normal
        if settings.priority_queue_name:
            high = ReturnQueue(sqs, await _url(sqs, "PRIORITY_QUEUE_NAME", settings.priority_queue_name))
        dead = await _url(sqs, "DEAD_LETTER_QUEUE_NAME", settings.dead_letter_queue_name)
        inbox = Inbox(sqs, dead, visibility_timeout_seconds=HIDDEN_SECONDS, poll_seconds=_POLL_SECONDS)
        ledger = LedgerTable(dynamodb, settings.ledger_table)
        yield Places(inbox, {"normal": normal, "high": high}, ledger), await _depth(sqs, dead)


async def _url(client: "SQSClient", setting: str, name: str) -> str:
    try:
        return (await client.get_queue_url(QueueName=name))["QueueUrl"]
    except (BotoCoreError, ClientError, KeyError) as error:
        raise OperatorError(
            f"no URL for the queue {name!r}: check {setting}, AWS_REGION and that your credentials allow "
            f"sqs:GetQueueUrl ({error})"
        ) from error


async def _depth(client: "SQSClient", url: str) -> int:
    try:
        answer = await client.get_queue_attributes(
            QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"]
        )
    except (BotoCoreError, ClientError) as error:
        raise OperatorError(
            f"the dead-letter queue does not say how many letters it has: check that your credentials allow "
            f"sqs:GetQueueAttributes ({error})"
        ) from error
    return int(answer["Attributes"]["ApproximateNumberOfMessages"])


def _complain(console: Console, text: str) -> None:
    console.print(f"redrive: {text}", style="red", highlight=False, markup=False)
