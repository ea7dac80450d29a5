import pytest
from hypothesis import given
from hypothesis import strategies as st

from email_sender.ledger import (
    AlreadyFailed,
    AlreadySent,
    Conflicting,
    Ending,
    InProgress,
    OutcomeUnknown,
)
from email_sender.outcome import Outcome
from email_sender.retry_policy import (
    Attempt,
    DeadLetter,
    Delete,
    Limits,
    Redeliver,
    after_attempt,
    after_refusal,
)

_HOLD = Limits(max_receive_count=5, resend_unknown=False)
_RESEND = Limits(max_receive_count=5, resend_unknown=True)
_FOR_EVER = Limits(max_receive_count=10**9, resend_unknown=False)


def _most():
    return 0.9999


def _least():
    return 0.0


def _attempt(outcome, receive_count=1, number=1):
    return Attempt(outcome, "why", number, receive_count)


def test_sent_is_deleted():
    """What was sent leaves the queue."""
    assert (Ending("sent"), Delete()) == after_attempt(_attempt(Outcome.SENT), _HOLD, _least)


def test_permanent_failure_is_a_dead_letter_at_once():
    """What can never be sent is not tried again, and both ledger and dead letter say why."""
    assert (Ending("failed", "why"), DeadLetter("why")) == after_attempt(
        _attempt(Outcome.PERMANENT), _HOLD, _least
    )


def test_released_is_visible_at_once():
    """What a stopping task hands back, another task may take now."""
    assert (Ending("pending", "why"), Redeliver(0)) == after_attempt(
        _attempt(Outcome.RELEASED, 5), _HOLD, _most
    )


@pytest.mark.parametrize(
    ("outcome", "least", "most"),
    [
        (Outcome.TRANSIENT, [1, 2, 4, 8, 16], [2, 4, 8, 16, 32]),
        (Outcome.THROTTLED, [4, 8, 16, 32, 64], [8, 16, 32, 64, 128]),
    ],
)
def test_backoff_doubles_with_the_receive_count(outcome, least, most):
    """Each redelivery waits twice as long, half of it by chance; throttling waits longer."""

    def waits(jitter):
        ends = [after_attempt(_attempt(outcome, n), _FOR_EVER, jitter) for n in range(1, 6)]
        assert {Ending("pending", "why")} == {ending for ending, _ in ends}
        return [action.after_seconds for _, action in ends]

    assert least == waits(_least)
    assert most == waits(_most)


@given(
    outcome=st.sampled_from([Outcome.TRANSIENT, Outcome.THROTTLED]),
    receive_count=st.integers(min_value=1, max_value=10**6),
    chance=st.floats(min_value=0, max_value=1, exclude_max=True),
)
def test_backoff_is_bounded(outcome, receive_count, chance):
    """However often it failed, a message comes back within five minutes, never at once."""
    _, action = after_attempt(_attempt(outcome, receive_count), _FOR_EVER, lambda: chance)

    assert 1 <= action.after_seconds <= 300


@pytest.mark.parametrize("outcome", [Outcome.TRANSIENT, Outcome.THROTTLED])
@pytest.mark.parametrize(
    ("number", "reason"), [(1, "gave up after 1 attempt: why"), (4, "gave up after 4 attempts: why")]
)
def test_last_receive_makes_a_failure_final(outcome, number, reason):
    """When SQS would not hand it out again, what failed for now has failed."""
    assert (Ending("failed", reason), DeadLetter(reason)) == after_attempt(
        _attempt(outcome, 5, number), _HOLD, _least
    )


def test_uncertain_is_held():
    """A mail that may have been sent is put aside, for somebody to look at."""
    assert (Ending("unknown", "why"), DeadLetter("outcome unknown: why")) == after_attempt(
        _attempt(Outcome.UNCERTAIN), _HOLD, _least
    )


def test_uncertain_is_resent_if_so_set():
    """With resend it comes back like what failed for now, but no more often."""
    assert (Ending("unknown", "why"), Redeliver(2)) == after_attempt(
        _attempt(Outcome.UNCERTAIN, 2), _RESEND, _least
    )
    assert (Ending("unknown", "why"), DeadLetter("outcome unknown: why")) == after_attempt(
        _attempt(Outcome.UNCERTAIN, 5), _RESEND, _least
    )


@pytest.mark.parametrize(
    ("decision", "action"),
    [
        (AlreadySent(), Delete()),
        (Conflicting(), Delete()),
        (AlreadyFailed("why"), DeadLetter("why")),
        (OutcomeUnknown("why", found_now=True), DeadLetter("outcome unknown: why")),
        (InProgress(1010.5), Redeliver(12)),
        (InProgress(990), Redeliver(1)),
        (InProgress(10**6), Redeliver(43200)),
    ],
)
def test_what_may_not_be_sent(decision, action):
    """A repeat is deleted, a failure gets its dead letter again, what others send comes after their lease."""
    assert action == after_refusal(decision, 1000)
