from dataclasses import replace

import pytest

from tests.unit.verify import runs
from verify.scenarios.backlog import Settings, is_drained
from verify.timeline import QueueSample


@pytest.mark.parametrize(
    ("visible", "in_flight", "latency", "drained"),
    [
        (0, 0, 0, True),
        (5, 5, 0, True),
        (6, 0, 0, False),
        (0, 6, 0, False),
        (0, 15, 700, True),
        (0, 40, 700, False),
        (100, 15, 700, False),
    ],
)
def test_a_backlog_is_drained_when_only_what_goes_on_beside_is_left(visible, in_flight, latency, drained):
    """With a slow relay more of that is in hand at a time, and no more of it waits."""
    timeline = runs.autoscaling_run().timeline
    timeline = replace(timeline, queue=(QueueSample(runs.real(9), visible, in_flight),))

    assert drained == is_drained(timeline, Settings(rate=5.0, latency=latency), runs.real(8))


def test_a_queue_that_was_not_looked_at_since_is_not_drained():
    """It was empty before the burst too."""
    timeline = runs.autoscaling_run().timeline
    timeline = replace(timeline, queue=(QueueSample(runs.real(8), 0, 0),))

    assert not is_drained(timeline, Settings(), runs.real(8))
