"""The one place that decides what is tried again, and when."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never

from email_sender.outcome import Outcome

_TRANSIENT_BASE_SECONDS = 2.0
# A provider that throttles needs less of everything, not the same a little later.
_THROTTLED_BASE_SECONDS = 8.0
_LONGEST_SECONDS = 300.0


@dataclass(frozen=True)
class Delete:
    """Done: take the message off the queue."""


@dataclass(frozen=True)
class Redeliver:
    """Let SQS hand the message out again.

    Attributes:
        after_seconds: Visibility timeout from now; SQS takes whole seconds.
    """

    after_seconds: int


@dataclass(frozen=True)
class Leave:
    """Do nothing, so that the message ends in the dead-letter queue.

    It returns each time its visibility timeout ends, until SQS has handed it out maxReceiveCount times.
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
    """


Settlement = Delete | Redeliver | Leave


def settle(outcome: Outcome, receive_count: int, jitter: Callable[[], float]) -> Settlement:
    """What to do with a message.

    Attempts are bounded by the queue's maxReceiveCount alone: every redelivery raises the receive
    count, whatever the reason, so nothing goes round for ever.

    Args:
        outcome: How the attempt ended.
        receive_count: How often SQS has handed the message out, this time included.
        jitter: A random number in [0, 1).
    """
    match outcome:
        case Outcome.SENT:
            return Delete()
        case Outcome.THROTTLED:
            return Redeliver(_backoff(_THROTTLED_BASE_SECONDS, receive_count, jitter))
        case Outcome.TRANSIENT:
            return Redeliver(_backoff(_TRANSIENT_BASE_SECONDS, receive_count, jitter))
        case Outcome.RELEASED:
            return Redeliver(0)
        case Outcome.PERMANENT | Outcome.MALFORMED:
            return Leave()
        case _:  # pragma: no cover - the type checker proves it
            assert_never(outcome)


def _backoff(base: float, receive_count: int, jitter: Callable[[], float]) -> int:
    """Doubles with each receive; half of it random, so that what failed together does not return together.

    https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
    """
    # The exponent is bounded before it is used: a large receive count must not overflow a float.
    longest = min(base * 2.0 ** min(receive_count - 1, 16), _LONGEST_SECONDS)
    return round(longest / 2 + longest / 2 * jitter())
