"""Kinds of work by which two versions of a service are compared: requests, and mails.

Both share one budget of false alarms. Requests get nearly all of what failures may raise, so that twice as
many failures are found in 5,000 requests a side; mails are compared for what is plainly worse.
"""

from dataclasses import dataclass
from typing import Literal

HARMFUL_EXCESS = 0.005
"""Failures a request or mail, beyond the stable version's, that are harmful: half a percentage point."""
# The budget of false alarms in equal parts.
_PARTS = 30


@dataclass(frozen=True)
class Measure:
    """Measure of work that went wrong.

    Attributes:
        name: Attribute of a `Minute` that has its number.
        more: Words for a canary that has more of it than the stable version.
        some: Words for what may happen to some of the work.
        part: Part of all false alarms that it may raise.
        harmful: How much more of it, a request or mail, is harmful.
        together: How much work may come to one side at once and go wrong for one reason.
    """

    name: Literal["failed", "refused"]
    more: str
    some: str
    part: float
    harmful: float = HARMFUL_EXCESS
    together: int = 1


@dataclass(frozen=True)
class Work:
    """Kind of work, with the words for it and what of it is harmful.

    Attributes:
        one, many: Words for it.
        as_fast: Words for a version that is no slower.
        task: Words for a task that does it.
        no_share: Sentence on a canary that is due none of it.
        measures: What may go wrong with it.
        latency_part: Part of all false alarms that each of the latencies may raise.
        felt_seconds: What is slower by less is so to nobody; by twice as much it is harmful.
        tolerated_a_minute: Further failures a minute that are no harm, where that is a larger part of all
            work than is harmful else.
        is_pulled: Whether a version takes its work by itself, so that it is to blame if it takes none.
        taken_at_once: How much of it a version may take at once.
    """

    one: str
    many: str
    as_fast: str
    task: str
    no_share: str
    measures: tuple[Measure, ...]
    latency_part: float
    felt_seconds: float
    tolerated_a_minute: float = 0
    is_pulled: bool = False
    taken_at_once: int = 1


REQUESTS = Work(
    one="request",
    many="requests",
    as_fast="answers as fast",
    task="healthy task",
    no_share="the canary has a weight of 0: no request reaches it",
    measures=(Measure("failed", more="fails more requests", some="fail", part=24 / _PARTS),),
    latency_part=1 / _PARTS,
    felt_seconds=0.005,
)
"""Requests that a load balancer hands out by weights."""

# ReceiveMessage brings no more.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
_MAILS_AT_ONCE = 10

MAILS = Work(
    one="mail",
    many="mails",
    as_fast="sends as fast",
    task="running task",
    no_share="the canary is to have no task: no mail reaches it",
    measures=(
        Measure("failed", more="fails more mails", some="fail", part=1 / _PARTS),
        # A refusal is commonly the mail's own fault, and mails with one fault come together, such as those to
        # a list of old addresses. Where one in twenty is refused, the mails that rule out half a percentage
        # point more failures rule out two points more refusals.
        Measure(
            "refused",
            more="has more mails refused",
            some="be refused",
            part=1 / _PARTS,
            harmful=0.02,
            together=_MAILS_AT_ONCE,
        ),
    ),
    latency_part=1 / _PARTS,
    # Nobody waits for the end of a mail.
    felt_seconds=0.05,
    tolerated_a_minute=1,
    is_pulled=True,
    taken_at_once=_MAILS_AT_ONCE,
)
"""Mails whose messages each version takes from the same queues."""
