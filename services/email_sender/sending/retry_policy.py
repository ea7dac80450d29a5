"""The one place that decides what is tried again, and when."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, assert_never

from email_sender.ledger import (
    MAX_BACKOFF_SECONDS,
    AlreadyFailed,
    AlreadySent,
    Conflicting,
    Ending,
    InProgress,
    OutcomeUnknown,
)
from email_sender.reason import fit_reason
from email_sender.sending.outcome import Outcome

_TRANSIENT_BASE_SECONDS = 2.0
# A provider that throttles needs less of everything, not the same a little later.
_THROTTLED_BASE_SECONDS = 8.0
# A mail's own failure, such as greylisting, lasts for minutes or hours; the provider's may end at any time.
_MAX_SECONDS = 300.0
# A message that arrives while no mail can be sent costs nothing, so it may come soon.
_MAX_TURNED_AWAY_SECONDS = 60.0
# Refusals as if no mail were taken, with another mail taken before each: fewer may be a relay that comes and
# goes.
_MIN_REFUSALS = 5
# While a provider throttles, others are taken all the time; but nobody has such bad luck for hours.
_MIN_THROTTLED = 20
# A message that breaks the code is tried again in case that was chance or is being fixed.
_MAX_DEFECT_RECEIVES = 5
_SECONDS_A_MINUTE = 60
_SECONDS_AN_HOUR = 3600
# What SQS takes: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
_MAX_VISIBILITY_SECONDS = 43200

UNKNOWN_PREFIX = "outcome unknown: "
"""Prefix of the reason of a dead letter whose mail may have been sent."""

EXPIRED_REASON = "expired before it could be sent"
"""Why a mail that was of no use any more is not sent, in the ledger's words."""


@dataclass(frozen=True, slots=True)
class Delete:
    """Action: delete the message from the queue, because it is done."""


@dataclass(frozen=True, slots=True)
class Redeliver:
    """Action: let SQS hand the message out again.

    Attributes:
        after_seconds: Visibility timeout from now; SQS takes whole seconds.
    """

    after_seconds: int


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """Action: put the message on the dead-letter queue, then delete it from its own.

    Attributes:
        reason: Goes with it.
    """

    reason: str


@dataclass(frozen=True, slots=True)
class Leave:
    """Action: do nothing; the message returns when its visibility timeout ends."""


Action = Delete | Redeliver | DeadLetter | Leave

Attempted = Literal[
    Outcome.SENT,
    Outcome.UNAVAILABLE,
    Outcome.THROTTLED,
    Outcome.TRANSIENT,
    Outcome.PERMANENT,
    Outcome.UNCERTAIN,
    Outcome.RELEASED,
    Outcome.EXPIRED,
]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to send a mail.

    Attributes:
        outcome: How it ended.
        reason: Why, unless it was sent.
        receive_count: How often SQS has handed the message out, this time included.
        failures: Attempts before this one that failed for a reason of the mail's own.
        refusals: Times before this one that the mail was refused as if no mail were taken, and others were
            taken meanwhile.
        failing_seconds: How long it has been failing like that, this attempt included.
        others_taken: Whether the provider has taken another mail since it last refused this one.
        maybe_sent: Whether an earlier attempt may have sent it.
    """

    outcome: Attempted
    reason: str
    receive_count: int
    failures: int = 0
    refusals: int = 0
    failing_seconds: float = 0.0
    others_taken: bool = False
    maybe_sent: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of trying again.

    Attributes:
        max_attempts: Failures of a mail's own at which the last one is final.
        max_age_seconds: How long a mail may go on failing by itself.
        resend_unknown: Whether a mail that may have been sent is sent again.
    """

    max_attempts: int
    max_age_seconds: float
    resend_unknown: bool


def after_attempt(attempt: Attempt, limits: Limits, jitter: Callable[[], float]) -> tuple[Ending, Action]:
    """Decide, after an attempt, what the ledger is told and what happens to the message.

    Only a mail's own failures use up its attempts and its time; an outage of the provider, of whatever
    length, does not. The one thing that cannot be told from an outage by looking at one attempt is a mail
    that the provider refuses alone: it has failed once it was refused again and again, for as long as any
    mail may fail by itself, while others were taken.

    Args:
        attempt: How the attempt ended.
        limits: Bounds of trying again.
        jitter: A random number in [0, 1).
    """
    end: tuple[Ending, Action]
    match attempt.outcome:
        case Outcome.SENT:
            end = Ending("sent"), Delete()
        case Outcome.UNAVAILABLE:
            end = _not_the_mails(attempt, _TRANSIENT_BASE_SECONDS, _MIN_REFUSALS, limits, jitter)
        case Outcome.THROTTLED:
            end = _not_the_mails(attempt, _THROTTLED_BASE_SECONDS, _MIN_THROTTLED, limits, jitter)
        case Outcome.TRANSIENT:
            end = _transient(attempt, limits, jitter)
        case Outcome.PERMANENT:
            end = Ending("failed", attempt.reason), DeadLetter(attempt.reason)
        case Outcome.UNCERTAIN:
            end = _uncertain(attempt, limits, jitter)
        case Outcome.RELEASED:
            end = Ending("pending", attempt.reason), Redeliver(0)
        case Outcome.EXPIRED:
            # Nobody shall send it from the dead-letter queue either.
            end = Ending("unknown" if attempt.maybe_sent else "failed", EXPIRED_REASON), Delete()
        case _:  # pragma: no cover - the type checker proves it
            assert_never(attempt.outcome)
    return end


def after_unknown_version(
    version: str, age_seconds: float, receive_count: int, limits: Limits, jitter: Callable[[], float]
) -> Action:
    """Decide about a message that only a newer sender can read: in a rolling deployment one soon comes.

    Args:
        version: Which schema version it is of.
        age_seconds: Time since SQS took the message.
        receive_count: How often SQS has handed it out.
        limits: Bounds of trying again.
        jitter: A random number in [0, 1).
    """
    if age_seconds >= limits.max_age_seconds:
        return DeadLetter(fit_reason(f"no sender has come that knows schema version {version}"))
    return Redeliver(_backoff(_TRANSIENT_BASE_SECONDS, receive_count, _MAX_SECONDS, jitter))


def after_turning_away(receive_count: int, jitter: Callable[[], float]) -> Action:
    """Decide about a message that arrives while the provider takes no mail."""
    return Redeliver(_backoff(_THROTTLED_BASE_SECONDS, receive_count, _MAX_TURNED_AWAY_SECONDS, jitter))


def after_defect(defect: str, receive_count: int) -> Action:
    """Decide about a message that raised an unexpected exception.

    Args:
        defect: Type of the exception: its text may quote the mail.
        receive_count: How often SQS has handed the message out.
    """
    if receive_count < _MAX_DEFECT_RECEIVES:
        return Leave()
    return DeadLetter(f"the sender has a defect: {defect}")


def after_refusal(
    decision: AlreadySent | AlreadyFailed | InProgress | OutcomeUnknown | Conflicting, now: float
) -> Action:
    """Decide about a message whose mail the ledger does not let be sent.

    What has failed or is held may come again because its dead letter was not confirmed, so it is sent
    there once more: a second dead letter does less harm than none. What has expired has none.

    Args:
        decision: The ledger's.
        now: Seconds since the Unix epoch.
    """
    match decision:
        case AlreadySent() | Conflicting():
            return Delete()
        case AlreadyFailed(reason=reason):
            return Delete() if reason == EXPIRED_REASON else DeadLetter(reason)
        case OutcomeUnknown(reason=reason):
            return DeadLetter(UNKNOWN_PREFIX + reason)
        case InProgress(lease_until=until):
            return Redeliver(min(math.ceil(max(until - now, 0)) + 1, _MAX_VISIBILITY_SECONDS))
        case _:  # pragma: no cover - the type checker proves it
            assert_never(decision)


def _not_the_mails(
    attempt: Attempt, base_seconds: float, min_refusals: int, limits: Limits, jitter: Callable[[], float]
) -> tuple[Ending, Action]:
    """Wait for the provider, unless it has refused this mail so often that it is the mail's own failure."""
    refusals = attempt.refusals + attempt.others_taken
    for_long = attempt.failing_seconds >= limits.max_age_seconds
    if attempt.others_taken and refusals >= min_refusals and for_long:
        return _give_up(refusals, "refusal", attempt)
    counts_as: Literal["refusal"] | None = "refusal" if attempt.others_taken else None
    pause = _backoff(base_seconds, attempt.receive_count, _MAX_SECONDS, jitter)
    return Ending("pending", attempt.reason, counts_as), Redeliver(pause)


def _transient(attempt: Attempt, limits: Limits, jitter: Callable[[], float]) -> tuple[Ending, Action]:
    if _is_last(attempt, limits):
        return _give_up(attempt.failures + 1, "attempt", attempt)
    return Ending("pending", attempt.reason, "failure"), _own_redelivery(attempt, jitter)


def _uncertain(attempt: Attempt, limits: Limits, jitter: Callable[[], float]) -> tuple[Ending, Action]:
    action: Action = DeadLetter(UNKNOWN_PREFIX + attempt.reason)
    if limits.resend_unknown and not _is_last(attempt, limits):
        action = _own_redelivery(attempt, jitter)
    return Ending("unknown", attempt.reason, "failure"), action


def _is_last(attempt: Attempt, limits: Limits) -> bool:
    return attempt.failures + 1 >= limits.max_attempts or attempt.failing_seconds >= limits.max_age_seconds


def _give_up(count: int, of: Literal["attempt", "refusal"], attempt: Attempt) -> tuple[Ending, Action]:
    times = f"{count} {of}{'' if count == 1 else 's'}"
    meanwhile = " while other mails were taken" if of == "refusal" else ""
    reason = fit_reason(
        f"gave up after {times} in {_span(attempt.failing_seconds)}{meanwhile}: {attempt.reason}"
    )
    return Ending("failed", reason, "failure" if of == "attempt" else "refusal"), DeadLetter(reason)


def _span(seconds: float) -> str:
    if seconds < _SECONDS_A_MINUTE:
        return f"{seconds:.0f} s"
    if seconds < _SECONDS_AN_HOUR:
        return f"{seconds / _SECONDS_A_MINUTE:.0f} min"
    return f"{seconds / _SECONDS_AN_HOUR:.1f} h"


def _own_redelivery(attempt: Attempt, jitter: Callable[[], float]) -> Redeliver:
    return Redeliver(_backoff(_TRANSIENT_BASE_SECONDS, attempt.failures + 1, MAX_BACKOFF_SECONDS, jitter))


def _backoff(base: float, times: int, max_seconds: float, jitter: Callable[[], float]) -> int:
    """Seconds of backoff, doubled each time; half are random, so that failures do not return together.

    https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
    """
    # The exponent is bounded before it is used: a large receive count must not overflow a float.
    pause = min(base * 2.0 ** min(times - 1, 16), max_seconds)
    return round(pause / 2 + pause / 2 * jitter())
