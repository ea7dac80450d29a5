"""How often both services together call SQS for a notification, at several rates of requests."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import uvloop

from common.growing_logs import Follower
from tests.bench import aws as names
from tests.bench.aws import Aws
from tests.bench.children import Child
from tests.bench.errors import BenchError
from tests.bench.figures import milliseconds
from tests.bench.load import Sent, paced
from tests.bench.measure.api import ACCEPTED, REQUEST
from tests.bench.services import email_sender, notification_api, smtp_server
from verify.record import Mail

RATES = (10, 100, 1000)
SECONDS = 8.0
MAX_REQUESTS = 4000
# Each sends one request at a time: enough for 1,000 a second at 64 ms each.
MAX_CONNECTIONS = 64
_NEARLY = 0.97

_KINDS = {
    "send": ("SendMessage", "SendMessageBatch"),
    "receive": ("ReceiveMessage",),
    "settle": (
        "DeleteMessage",
        "DeleteMessageBatch",
        "ChangeMessageVisibility",
        "ChangeMessageVisibilityBatch",
    ),
}


@dataclass(frozen=True)
class Calls:
    """What one rate of requests came to.

    Attributes:
        offered: Requests a second that should be sent.
        reached: Requests a second that were sent.
        notifications: How many were accepted, and sent as mail.
        send: Calls to put one on the queue.
        receive: Calls to take one off it, long polls that brought nothing included.
        settle: Calls to delete one.
        p50: Median time of a request, in milliseconds.
        p99: 99 of 100 requests took no longer, in milliseconds.
        mail_p50: Median time from the answer to the mail server, in milliseconds.
        mail_p99: 99 of 100 mails took no longer, in milliseconds.
    """

    offered: float
    reached: float
    notifications: int
    send: float
    receive: float
    settle: float
    p50: float
    p99: float
    mail_p50: float
    mail_p99: float

    @property
    def kept_up(self) -> bool:
        """Whether as much was sent as should be, give or take a request of each connection."""
        return self.reached >= _NEARLY * self.offered

    @property
    def total(self) -> float:
        """Calls of SQS for one notification: what it is billed by."""
        return self.send + self.receive + self.settle


def measure(aws: Aws, folder: Path, say: Callable[[str], None]) -> list[Calls]:
    """Run both services and offer one rate after another.

    Raises:
        BenchError: One did not start, ended, did not accept every request or lost a mail.
    """
    say("SQS requests: starting")
    with (
        smtp_server(folder) as (smtp_port, mails),
        notification_api(aws, folder) as (api, port),
        email_sender(aws, smtp_port, folder) as (sender, _),
    ):
        # The first request makes connections, the first mail as well.
        _offered(aws, api, sender, port, mails, rate=RATES[0], seconds=1.0)
        found = []
        for rate in RATES:
            say(f"SQS requests: {rate} requests/s")
            found.append(
                _offered(aws, api, sender, port, mails, rate=rate, seconds=min(SECONDS, MAX_REQUESTS / rate))
            )
        return found


def _offered(
    aws: Aws, api: Child, sender: Child, port: int, mails: Follower[Mail], *, rate: float, seconds: float
) -> Calls:
    before = aws.calls()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        sent = runner.run(_load(port, rate, seconds))
    if set(sent.statuses) != {ACCEPTED}:
        raise api.failed(f"answered {dict(sent.statuses)} and not only {ACCEPTED}")
    answered = {json.loads(body)["id"] for _, body in sent.answers}
    sender.wait_until(
        f"{len(answered)} mails were sent and deleted",
        lambda: aws.depth(names.QUEUE) == 0 and answered <= {mail.notification_id for mail in mails.all()},
    )
    return counted(rate, seconds, sent, aws.calls() - before, mails.all())


def counted(
    offered: float, seconds: float, sent: Sent, spent: Mapping[str, int], mails: Sequence[Mail]
) -> Calls:
    """Figures of one rate.

    Args:
        offered: Requests a second that should be sent.
        seconds: How long they were.
        sent: What became of them.
        spent: Calls of AWS by operation, meanwhile.
        mails: What the SMTP server has taken, mails of earlier rates among them.
    """
    answered = {json.loads(body)["id"]: at for at, body in sent.answers}
    number = len(answered)
    per_kind = {
        kind: sum(spent.get(call, 0) for call in operations) / number for kind, operations in _KINDS.items()
    }
    # A mail may be out before the answer to its request has been read.
    late = [
        max(0.0, mail.received_at - answered[mail.notification_id])
        for mail in mails
        if mail.notification_id in answered
    ]
    p50, p99 = milliseconds(sent.seconds)
    mail_p50, mail_p99 = milliseconds(late)
    return Calls(
        offered=offered,
        reached=number / seconds,
        notifications=number,
        **per_kind,
        p50=p50,
        p99=p99,
        mail_p50=mail_p50,
        mail_p99=mail_p99,
    )


async def _load(port: int, rate: float, seconds: float) -> Sent:
    connections = min(MAX_CONNECTIONS, int(rate))
    try:
        return await paced(port, REQUEST, rate=rate, connections=connections, seconds=seconds)
    except* ConnectionError as hung_up:
        raise BenchError(f"port {port}: {hung_up.exceptions[0]}") from hung_up
