from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify.aws_time import MINUTE, AwsTime

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


def test_on_aws_both_times_are_the_same():
    """The default is real time."""
    assert datetime.fromtimestamp(1e9, UTC) == AwsTime().at(1e9)


def test_a_minute_passes_in_minute_seconds():
    """Two real seconds after the epoch it is a minute later."""
    assert EPOCH + MINUTE == AwsTime(2.0, EPOCH).at(EPOCH.timestamp() + 2.0)


@given(st.floats(0.1, 60), st.floats(0, 86400))
def test_there_and_back_is_where_it_began(minute_seconds, elapsed):
    """The observer goes one way, the verdict the other."""
    time = AwsTime(minute_seconds, EPOCH)
    instant = EPOCH.timestamp() + elapsed

    assert pytest.approx(instant, abs=1e-3) == time.unix(time.at(instant))
