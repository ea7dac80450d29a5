from dataclasses import replace

import pytest

from tests.unit.verify.runs import API, autoscaling_run, real
from verify.record import ProcessCpu
from verify.verdict.quota import cpu_within_quota

ALLOWED = 0.2


def read_late(seconds, spread):
    """A run in which a task's clocks were read twice, the second time interrupted so long."""
    first = ProcessCpu(real(1), API, "task", 5.0, ALLOWED)
    return replace(
        autoscaling_run(),
        process_cpu=(first, replace(first, at=first.at + 2.0, seconds=5.0 + seconds, spread=spread)),
    )


@pytest.mark.parametrize(
    ("seconds", "spread", "outcome"),
    [(0.4, 0.0, "pass"), (0.45, 0.0, "fail"), (0.45, 0.25, "pass"), (0.6, 0.25, "fail")],
    ids=["all that it may", "more", "as much while it was read", "more than that explains"],
)
def test_a_reading_that_was_interrupted_says_when_it_may_have_been(seconds, spread, outcome):
    """The clocks go on while whoever reads them waits for a core."""
    assert outcome == cpu_within_quota(read_late(seconds, spread)).outcome
