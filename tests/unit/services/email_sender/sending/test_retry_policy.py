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
from email_sender.sending.outcome import Outcome
from email_sender.sending.retry_policy import (
    Attempt,
    DeadLetter,
    Delete,
    Leave,
    Limits,
    Redeliver,
    after_attempt,
    after_defect,
    after_refusal,
    after_turning_away,
    after_unknown_version,
)

_HOUR = 3600
_HOLD = Limits(max_attempts=5, max_age_seconds=4 * _HOUR, resend_unknown=False)
_RESEND = Limits(max_attempts=5, max_age_seconds=4 * _HOUR, resend_unknown=True)
_MANY = Limits(max_attempts=10**9, max_age_seconds=10**9, resend_unknown=True)


def _most():
    return 0.9999


def _least():
    return 0.0


def _attempt(outcome, receive_count=1, **changes):
    return Attempt(outcome, "why", receive_count, **changes)


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


@pytest.mark.parametrize(("maybe_sent", "state"), [(False, "failed"), (True, "unknown")])
def test_expired_is_no_dead_letter(maybe_sent, state):
    """Nobody shall redrive what came too late; that an earlier attempt may have sent it stays known."""
    attempt = _attempt(Outcome.EXPIRED, maybe_sent=maybe_sent)

    ending, action = after_attempt(attempt, _RESEND, _least)

    assert (Ending(state, "expired before it could be sent"), Delete()) == (ending, action)


@pytest.mark.parametrize(
    ("outcome", "least", "most"),
    [
        (Outcome.UNAVAILABLE, [1, 2, 4, 8, 16], [2, 4, 8, 16, 32]),
        (Outcome.THROTTLED, [4, 8, 16, 32, 64], [8, 16, 32, 64, 128]),
    ],
)
def test_backoff_doubles_with_the_receive_count(outcome, least, most):
    """Each redelivery waits twice as long, half of it by chance; throttling waits longer."""

    def waits(jitter):
        ends = [after_attempt(_attempt(outcome, n), _HOLD, jitter) for n in range(1, 6)]
        assert {Ending("pending", "why")} == {ending for ending, _ in ends}
        return [action.after_seconds for _, action in ends]

    assert least == waits(_least)
    assert most == waits(_most)


@pytest.mark.parametrize("receive_count", [1, 900])
def test_backoff_of_a_mails_own_failures_goes_by_these(receive_count):
    """How often an outage handed the message out says nothing of how often this mail has failed."""

    def waits(jitter):
        attempts = [_attempt(Outcome.TRANSIENT, receive_count, failures=n) for n in (0, 1, 2, 8, 20)]
        return [after_attempt(attempt, _MANY, jitter)[1].after_seconds for attempt in attempts]

    assert [1, 2, 4, 256, 450] == waits(_least)
    assert [2, 4, 8, 512, 900] == waits(_most)


@given(
    outcome=st.sampled_from([Outcome.UNAVAILABLE, Outcome.THROTTLED, Outcome.TRANSIENT, Outcome.UNCERTAIN]),
    count=st.integers(min_value=1, max_value=10**6),
    chance=st.floats(min_value=0, max_value=1, exclude_max=True),
)
def test_backoff_is_bounded(outcome, count, chance):
    """However often it failed, a message comes back within minutes, never at once."""
    _, action = after_attempt(_attempt(outcome, count, failures=count), _MANY, lambda: chance)

    longest = 300 if outcome in {Outcome.UNAVAILABLE, Outcome.THROTTLED} else 900
    assert 1 <= action.after_seconds <= longest


@given(
    outcome=st.sampled_from([Outcome.UNAVAILABLE, Outcome.THROTTLED]),
    receive_count=st.integers(min_value=1, max_value=10**6),
    failures=st.integers(min_value=0, max_value=4),
    refusals=st.integers(min_value=0, max_value=10**6),
    failing=st.floats(min_value=0, max_value=10**9),
)
def test_outage_ends_no_mail(outcome, receive_count, failures, refusals, failing):
    """However long a provider takes no mail, and however often it says so, no attempt is used up."""
    attempt = _attempt(outcome, receive_count, failures=failures, refusals=refusals, failing_seconds=failing)

    ending, action = after_attempt(attempt, _HOLD, _least)

    assert Ending("pending", "why") == ending
    assert isinstance(action, Redeliver)


@pytest.mark.parametrize(
    ("failures", "failing", "expected"),
    [
        (3, 10, None),
        (4, 40, "gave up after 5 attempts in 40 s: why"),
        (4, 25 * 60, "gave up after 5 attempts in 25 min: why"),
        (2, 4 * _HOUR, "gave up after 3 attempts in 4.0 h: why"),
        (2, 4 * _HOUR - 1, None),
        (0, 0, None),
    ],
)
def test_mails_own_failures_end_it(failures, failing, expected):
    """It has failed after so many attempts, or when it has failed for so long."""
    attempt = _attempt(Outcome.TRANSIENT, failures=failures, failing_seconds=failing)

    ending, action = after_attempt(attempt, _HOLD, _least)

    if expected is None:
        assert Ending("pending", "why", "failure") == ending
    else:
        assert (Ending("failed", expected, "failure"), DeadLetter(expected)) == (ending, action)


def test_only_attempt_is_one():
    """One attempt is all that may be allowed."""
    once = Limits(max_attempts=1, max_age_seconds=60, resend_unknown=False)

    _, action = after_attempt(_attempt(Outcome.TRANSIENT), once, _least)

    assert DeadLetter("gave up after 1 attempt in 0 s: why") == action


@pytest.mark.parametrize(
    ("others_taken", "before", "failing", "ends"),
    [
        (True, 0, 4 * _HOUR, True),
        (True, 0, 4 * _HOUR - 1, False),
        (True, -1, 9 * _HOUR, False),
        (False, 100, 9 * _HOUR, False),
    ],
)
@pytest.mark.parametrize(("outcome", "last"), [(Outcome.UNAVAILABLE, 5), (Outcome.THROTTLED, 20)])
def test_mail_that_is_refused_alone(others_taken, before, failing, ends, outcome, last):
    """Refused as in an outage, again and again for hours, with others taken in between: it has failed."""
    attempt = _attempt(
        outcome, others_taken=others_taken, refusals=last - 1 + before, failing_seconds=failing
    )

    ending, action = after_attempt(attempt, _HOLD, _least)

    reason = f"gave up after {last} refusals in 4.0 h while other mails were taken: why"
    if ends:
        assert (Ending("failed", reason, "refusal"), DeadLetter(reason)) == (ending, action)
    else:
        assert Ending("pending", "why", "refusal" if others_taken else None) == ending


def test_reason_stays_fit_for_a_dead_letter():
    """What is said of the attempts must not make a reason longer than one may be."""
    attempt = Attempt(Outcome.TRANSIENT, "x" * 300, 1, failures=4)

    _, action = after_attempt(attempt, _HOLD, _least)

    assert 300 == len(action.reason)


def test_uncertain_is_held():
    """A mail that may have been sent is put aside, for somebody to look at."""
    assert (Ending("unknown", "why", "failure"), DeadLetter("outcome unknown: why")) == after_attempt(
        _attempt(Outcome.UNCERTAIN), _HOLD, _least
    )


@pytest.mark.parametrize(
    ("failures", "failing", "action"),
    [
        (1, 0, Redeliver(2)),
        (4, 0, DeadLetter("outcome unknown: why")),
        (2, 4 * _HOUR, DeadLetter("outcome unknown: why")),
    ],
)
def test_uncertain_is_resent_if_so_set(failures, failing, action):
    """With resend it comes back like what failed for now, but no more often and for no longer."""
    attempt = _attempt(Outcome.UNCERTAIN, 900, failures=failures, failing_seconds=failing)

    assert (Ending("unknown", "why", "failure"), action) == after_attempt(attempt, _RESEND, _least)


@pytest.mark.parametrize(
    ("decision", "action"),
    [
        (AlreadySent(), Delete()),
        (Conflicting(), Delete()),
        (AlreadyFailed("why"), DeadLetter("why")),
        (AlreadyFailed("expired before it could be sent"), Delete()),
        (OutcomeUnknown("why", found_now=True), DeadLetter("outcome unknown: why")),
        (InProgress(1010.5), Redeliver(12)),
        (InProgress(990), Redeliver(1)),
        (InProgress(10**6), Redeliver(43200)),
    ],
)
def test_what_may_not_be_sent(decision, action):
    """A repeat is deleted, a failure gets its dead letter again, what others send comes after their lease."""
    assert action == after_refusal(decision, 1000)


def test_unknown_version_is_left_for_a_newer_sender():
    """It comes back later and later, until no newer sender can be expected any more."""
    waits = [after_unknown_version("2", 60, n, _HOLD, _most).after_seconds for n in (1, 2, 5, 1000)]

    assert [2, 4, 32, 300] == waits
    assert DeadLetter("no sender has come that knows schema version 2") == after_unknown_version(
        "2", 4 * _HOUR, 1, _HOLD, _most
    )
    assert 300 >= len(after_unknown_version("9" * 5000, 4 * _HOUR, 1, _HOLD, _most).reason)


def test_what_is_turned_away_comes_back_apart():
    """Messages that arrive while no mail can be sent cost nothing, and must not return together."""
    assert [4, 60] == [
        after_turning_away(n, jitter).after_seconds for n, jitter in ((1, _least), (99, _most))
    ]


@pytest.mark.parametrize(
    ("receive_count", "action"),
    [(1, Leave()), (4, Leave()), (5, DeadLetter("the sender has a defect: TypeError"))],
)
def test_defect_ends_within_a_few_receives(receive_count, action):
    """A message that breaks the code may have had bad luck; it must not go round a thousand times."""
    assert action == after_defect("TypeError", receive_count)
