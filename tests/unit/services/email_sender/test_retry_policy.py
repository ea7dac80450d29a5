import pytest
from hypothesis import given
from hypothesis import strategies as st

from email_sender.outcome import Outcome
from email_sender.retry_policy import Delete, Leave, Redeliver, settle


def _most():
    return 0.9999


def _least():
    return 0.0


def test_sent_is_deleted():
    """What was sent leaves the queue."""
    assert settle(Outcome.SENT, 1, _least) == Delete()


@pytest.mark.parametrize("outcome", [Outcome.PERMANENT, Outcome.MALFORMED])
def test_hopeless_is_left_to_the_dead_letter_queue(outcome):
    """What can never be sent is left alone, so that maxReceiveCount moves it aside."""
    assert settle(outcome, 1, _least) == Leave()


def test_released_is_visible_at_once():
    """What a stopping task hands back, another task may take now."""
    assert settle(Outcome.RELEASED, 4, _most) == Redeliver(0)


@pytest.mark.parametrize(
    ("outcome", "least", "most"),
    [
        (Outcome.TRANSIENT, [1, 2, 4, 8, 16], [2, 4, 8, 16, 32]),
        (Outcome.THROTTLED, [4, 8, 16, 32, 64], [8, 16, 32, 64, 128]),
    ],
)
def test_backoff_doubles_with_the_receive_count(outcome, least, most):
    """Each redelivery waits twice as long, half of it by chance; throttling waits longer."""
    assert [settle(outcome, n, _least).after_seconds for n in range(1, 6)] == least
    assert [settle(outcome, n, _most).after_seconds for n in range(1, 6)] == most


@given(
    outcome=st.sampled_from([Outcome.TRANSIENT, Outcome.THROTTLED]),
    receive_count=st.integers(min_value=1, max_value=10**6),
    chance=st.floats(min_value=0, max_value=1, exclude_max=True),
)
def test_backoff_is_bounded(outcome, receive_count, chance):
    """However often it failed, a message comes back within five minutes, never at once."""
    assert 1 <= settle(outcome, receive_count, lambda: chance).after_seconds <= 300
