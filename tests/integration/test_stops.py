"""SIGTERM, with work in hand."""

from contextlib import ExitStack

import pytest

from tests.integration.caller import Load
from tests.integration.outcome import outcome_of
from tests.integration.waiting import wait_for

_BEFORE = 60
# So many at once that some request is under way at any moment.
_CALLERS = 8


@pytest.mark.parametrize("service", ["api", "sender"])
def test_a_task_stops_in_time_and_loses_nothing(system, service):
    """With requests and mails under way it ends by itself before ECS would kill it, and all 202 are mails."""
    task = getattr(system, service)
    system.mail_server.behave(seconds={"content": 0.2})
    with ExitStack() as callers:
        loads = [
            callers.enter_context(Load(system.caller, f"stop-{number}", per_second=20, max_requests=400))
            for number in range(_CALLERS)
        ]
        wait_for("load", lambda: sum(len(load.accepted) for load in loads) >= _BEFORE)
        status = task.stop()
    task.kill()
    task.start()
    system.mail_server.behave(seconds={})

    outcome = outcome_of(system, (made for load in loads for made in load.accepted))

    assert 0 == status
    assert (set(), set(), set(), set()) == (outcome.lost, outcome.doubled, outcome.unsent, outcome.unknown)
