import json

import pytest

from load_generator.lease import Lease
from verify.plan import Control


def told(rate, renewed, *, ended=False):
    """A control as `verify` writes it."""
    return json.dumps({"requests_per_second": rate, "ended": ended, "renewed": renewed})


def test_a_control_that_is_renewed_holds():
    """Each new text counts, also one that wants the same."""
    lease = Lease(60.0)
    for second in range(0, 300, 50):
        assert Control(40.0) == lease.control(told(40.0, str(second)), float(second))
    assert not lease.ran_out


def test_a_control_that_nobody_renews_ends_the_load():
    """By this task's own clock; what was wanted last is of no matter."""
    lease = Lease(60.0)
    lease.control(told(40.0, "once"), 100.0)

    assert Control(40.0) == lease.control(told(40.0, "once"), 160.0)
    assert Control(ended=True) == lease.control(told(40.0, "once"), 160.1)
    assert lease.ran_out


@pytest.mark.parametrize("text", [None, told(40.0, "once")])
def test_a_load_that_has_ended_does_not_begin_anew(text):
    """Workers are on their way out: a late renewal finds nobody."""
    lease = Lease(60.0)
    lease.control(told(40.0, "once"), 0.0)
    lease.control(text, 61.0)

    assert Control(ended=True) == lease.control(told(40.0, "again"), 62.0)


def test_what_cannot_be_read_lets_the_lease_run_on():
    """What was wanted last holds until then, and no longer; nothing read at all leaves the plan's rate."""
    lease = Lease(60.0)

    assert Control() == lease.control(None, 0.0)
    assert Control(40.0) == lease.control(told(40.0, "once"), 30.0)
    assert Control(40.0) == lease.control(None, 80.0)
    assert Control(ended=True) == lease.control(None, 90.1)


def test_a_load_ends_when_that_is_wanted():
    """That is no lease that ran out."""
    lease = Lease(60.0)

    assert lease.control(told(None, "once", ended=True), 0.0).ended
    assert not lease.ran_out
