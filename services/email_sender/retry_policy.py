"""The one place that decides what is tried again, and when."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, assert_never

from email_sender.ledger import (
    AlreadyFailed,
    AlreadySent,
    Conflicting,
    Ending,
    InProgress,
    OutcomeUnknown,
)
from email_sender.outcome import Outcome

_TRANSIENT_BASE_SECONDS = 2.0
# A provider that throttles needs less of everything, not the same a little later.
_THROTTLED_BASE_SECONDS = 8.0
_LONGEST_SECONDS = 300.0
# What SQS takes: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
_LONGEST_VISIBILITY_SECONDS = 43200

UNKNOWN_PREFIX = "outcome unknown: "
"""How the reason of a dead letter begins whose mail may have been sent."""


@dataclass(frozen=True, slots=True)
class Delete:
    """Done: take the message off the queue."""


@dataclass(frozen=True, slots=True)
class Redeliver:
    """Let SQS hand the message out again.

    Attributes:
        after_seconds: Visibility timeout from now; SQS takes whole seconds.
    """

    after_seconds: int


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """Put the message on the dead-letter queue, then take it off its own.

    Attributes:
        reason: Goes with it.
    """

    reason: str


@dataclass(frozen=True, slots=True)
class Leave:
    """Do nothing: the message returns when its visibility timeout ends."""


Action = Delete | Redeliver | DeadLetter | Leave

Attempted = Literal[
    Outcome.SENT,
    Outcome.THROTTLED,
    Outcome.TRANSIENT,
    Outcome.PERMANENT,
    Outcome.UNCERTAIN,
    Outcome.RELEASED,
]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to send a mail.

    Attributes:
        outcome: How it ended.
        reason: Why, unless it was sent.
        number: Which attempt it was, from 1.
        receive_count: How often SQS has handed the message out, this time included.
    """

    outcome: Attempted
    reason: str
    number: int
    receive_count: int


@dataclass(frozen=True, slots=True)
class Limits:
    """What bounds trying again.

    Attributes:
        max_receive_count: Receive count at which a failure for now is final.
        resend_unknown: Whether a mail that may have been sent is sent again.
    """

    max_receive_count: int
    resend_unknown: bool


def after_attempt(attempt: Attempt, limits: Limits, jitter: Callable[[], float]) -> tuple[Ending, Action]:
    """What the ledger is told of an attempt, and what happens to the message after that.

    Every redelivery raises the receive count, whatever the reason, so nothing goes round for ever.

    Args:
        attempt: How the attempt ended.
        limits: What bounds trying again.
        jitter: A random number in [0, 1).
    """
    match attempt.outcome:
        case Outcome.SENT:
            return Ending("sent"), Delete()
        case Outcome.THROTTLED:
            return _later(attempt, limits, _backoff(_THROTTLED_BASE_SECONDS, attempt.receive_count, jitter))
        case Outcome.TRANSIENT:
            return _later(attempt, limits, _backoff(_TRANSIENT_BASE_SECONDS, attempt.receive_count, jitter))
        case Outcome.PERMANENT:
            return Ending("failed", attempt.reason), DeadLetter(attempt.reason)
        case Outcome.UNCERTAIN:
            action: Action = DeadLetter(UNKNOWN_PREFIX + attempt.reason)
            if limits.resend_unknown and attempt.receive_count < limits.max_receive_count:
                action = Redeliver(_backoff(_TRANSIENT_BASE_SECONDS, attempt.receive_count, jitter))
            return Ending("unknown", attempt.reason), action
        case Outcome.RELEASED:
            return Ending("pending", attempt.reason), Redeliver(0)
        case _:  # pragma: no cover - the type checker proves it
            assert_never(attempt.outcome)


def after_refusal(
    decision: AlreadySent | AlreadyFailed | InProgress | OutcomeUnknown | Conflicting, now: float
) -> Action:
    """What happens to a message whose mail the ledger does not let be sent.

    What has failed or is held may come again because its dead letter was not confirmed, so it is sent
    there once more: a second dead letter does less harm than none.

    Args:
        decision: The ledger's.
        now: Seconds since the Unix epoch.
    """
    match decision:
        case AlreadySent() | Conflicting():
            return Delete()
        case AlreadyFailed(reason=reason):
            return DeadLetter(reason)
        case OutcomeUnknown(reason=reason):
            return DeadLetter(UNKNOWN_PREFIX + reason)
        case InProgress(lease_until=until):
            return Redeliver(min(math.ceil(max(until - now, 0)) + 1, _LONGEST_VISIBILITY_SECONDS))
        case _:  # pragma: no cover - the type checker proves it
            assert_never(decision)


def _later(attempt: Attempt, limits: Limits, after_seconds: int) -> tuple[Ending, Action]:
    """Try again, unless SQS would not hand it out again anyway."""
    if attempt.receive_count < limits.max_receive_count:
        return Ending("pending", attempt.reason), Redeliver(after_seconds)
    attempts = "1 attempt" if attempt.number == 1 else f"{attempt.number} attempts"
    reason = f"gave up after {attempts}: {attempt.reason}"
    return Ending("failed", reason), DeadLetter(reason)


def _backoff(base: float, receive_count: int, jitter: Callable[[], float]) -> int:
    """Doubles with each receive; half of it random, so that what failed together does not return together.

    https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
    """
    # The exponent is bounded before it is used: a large receive count must not overflow a float.
    longest = min(base * 2.0 ** min(receive_count - 1, 16), _LONGEST_SECONDS)
    return round(longest / 2 + longest / 2 * jitter())
