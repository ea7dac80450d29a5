"""Program: receives, writes down, pipelines and deletes mails without a thought: the Email Sender's floor.

The calls are those that a mail cannot do without, in the largest batches that the service makes; the mails
are the service's own. Prints how many they were and the CPU seconds that they took, as JSON.
"""

import asyncio
import os
import time
from collections.abc import Sequence
from typing import Any

import uvloop

from email_sender.ledger.client import dynamodb_client
from email_sender.ledger.item import LedgerItem, to_attributes
from email_sender.mail import Mail
from shared.message import NotificationMessage
from shared.sqs.client import sqs_client
from tests.bench.rivals.lone_batches import report

_RECEIVED, _RECEIVES = 10, 5
_WRITTEN = 25
_WARM_UP_MAILS = 100
_SENDER = "no-reply@example.com"
_REGION, _QUEUE, _TABLE = os.environ["AWS_REGION"], os.environ["QUEUE_NAME"], os.environ["LEDGER_TABLE"]
_ITEM = to_attributes(
    LedgerItem("", 1, "sending", 1, "a" * 32, 1e9, "0" * 64, "bench", 1e9, (), 2_000_000_000)
)


async def _run(mails: int) -> float:
    """CPU seconds of so many mails after some that warm everything up."""
    port = int(os.environ["SMTP_PORT"])
    async with (
        sqs_client(region=_REGION, read_seconds=25.0, connections=_RECEIVES) as sqs,
        dynamodb_client(region=_REGION, connections=2) as dynamodb,
    ):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        await _replies(reader, 1)
        writer.write(b"EHLO bench.example.com\r\n")
        await _replies(reader, 1)
        await _send(sqs, dynamodb, reader, writer, _WARM_UP_MAILS)
        before = time.process_time()
        await _send(sqs, dynamodb, reader, writer, mails)
        spent = time.process_time() - before
        writer.close()
        return spent


async def _send(sqs: Any, dynamodb: Any, reader: Any, writer: Any, mails: int) -> None:
    while mails > 0:
        answers = await asyncio.gather(
            *(
                sqs.receive_message(QueueUrl=_QUEUE, MaxNumberOfMessages=_RECEIVED, WaitTimeSeconds=1)
                for _ in range(_RECEIVES)
            )
        )
        taken = [answer["Messages"] for answer in answers if answer.get("Messages")]
        read = [NotificationMessage.model_validate_json(one["Body"]) for some in taken for one in some]
        await _write(dynamodb, read)
        writer.write(b"".join(map(_transaction, read)))
        await _replies(reader, 4 * len(read))
        await _write(dynamodb, read)
        await asyncio.gather(
            *(sqs.delete_message_batch(QueueUrl=_QUEUE, Entries=_handles(some)) for some in taken)
        )
        mails -= len(read)


async def _write(dynamodb: Any, messages: Sequence[NotificationMessage]) -> None:
    for start in range(0, len(messages), _WRITTEN):
        items = [{**_ITEM, "notification_id": {"S": one.id}} for one in messages[start : start + _WRITTEN]]
        await dynamodb.transact_write_items(
            TransactItems=[{"Put": {"TableName": _TABLE, "Item": item}} for item in items]
        )


def _handles(messages: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    return [{"Id": str(place), "ReceiptHandle": one["ReceiptHandle"]} for place, one in enumerate(messages)]


def _transaction(message: NotificationMessage) -> bytes:
    """All of a mail in one go, as no relay would have it of somebody who cares for its answers."""
    content = Mail.of(message, _SENDER).to_bytes()
    return (
        f"MAIL FROM:<{_SENDER}>\r\nRCPT TO:<{message.recipient}>\r\nDATA\r\n".encode()
        + content
        + b"\r\n.\r\n"
    )


async def _replies(reader: asyncio.StreamReader, count: int) -> None:
    """Read so many replies to their last lines (RFC 5321, 4.2.1)."""
    while count:
        line = await reader.readline()
        count -= line[3:4] == b" "


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        number = int(os.environ["MESSAGES"])
        report(number, runner.run(_run(number)))
