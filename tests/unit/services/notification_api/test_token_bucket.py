import pytest

from notification_api.token_bucket import TokenBucket


@pytest.fixture
def bucket(now):
    """Two tokens a second, ten at most."""
    return TokenBucket(2, 10, now=now)


def test_starts_full(bucket):
    """The burst is there from the beginning, and not a token more."""
    assert bucket.take(10)
    assert not bucket.take(1)


def test_fills_at_its_rate(bucket, now):
    """What was taken comes back with time."""
    bucket.take(10)
    now.time += 1.5

    assert bucket.take(3)
    assert not bucket.take(1)


def test_never_holds_more_than_its_burst(bucket, now):
    """A client that was silent for long may ask no more than one that was not."""
    now.time += 1000

    assert bucket.take(10)
    assert not bucket.take(1)


def test_all_tokens_or_none(bucket):
    """A refusal costs nothing."""
    bucket.take(4)

    assert not bucket.take(7)
    assert 6 == bucket.remaining


def test_tells_how_full_it_is(bucket):
    """Whole tokens that are there, and whole seconds until all of them are."""
    bucket.take(3)

    assert (7, 2) == (bucket.remaining, bucket.reset_seconds)


@pytest.mark.parametrize(("tokens", "seconds"), [(1, 1), (2, 1), (3, 2), (10, 5)])
def test_tells_how_long_to_wait(bucket, tokens, seconds):
    """Rounded up, or the client would come back too early; and never zero."""
    bucket.take(10)

    assert seconds == bucket.wait_seconds(tokens)


def test_waiting_as_long_as_told_is_enough(bucket, now):
    """Who waits gets what they waited for."""
    bucket.take(10)
    now.time += bucket.wait_seconds(3)

    assert bucket.take(3)


def test_gives_back(bucket):
    """Tokens for something that did not happen are there again, up to the burst."""
    bucket.take(3)
    bucket.give_back(1)
    assert 8 == bucket.remaining

    bucket.give_back(100)
    assert 10 == bucket.remaining


def test_change_makes_nobody_richer(bucket, now):
    """New limits hold at once; what is there stays, up to the new burst."""
    bucket.take(8)
    bucket.change(1, 100)
    assert (100, 2) == (bucket.burst, bucket.remaining)

    now.time += 3
    assert bucket.take(5)
    assert not bucket.take(1)

    now.time += 100
    bucket.change(1, 4)
    assert 4 == bucket.remaining
