from shared.backoff import Backoff


def test_pauses_double_up_to_their_maximum():
    """The first is the shortest, and none is longer than the maximum."""
    backoff = Backoff(1.0, 5.0, jitter=lambda: 1.0)

    assert [1.0, 2.0, 4.0, 5.0, 5.0] == [backoff.next() for _ in range(5)]


def test_a_pause_is_half_as_long_at_least():
    """Jitter shortens it, and what is down is never asked without a pause."""
    backoff = Backoff(1.0, 5.0, jitter=lambda: 0.0)

    assert [0.5, 1.0, 2.0, 2.5] == [backoff.next() for _ in range(4)]


def test_pauses_begin_again_once_it_works():
    """The next outage is another one."""
    backoff = Backoff(1.0, 5.0, jitter=lambda: 1.0)
    backoff.next()
    backoff.next()
    assert 4.0 == backoff.next_max_seconds

    backoff.reset()

    assert [1.0, 2.0] == [backoff.next() for _ in range(2)]
