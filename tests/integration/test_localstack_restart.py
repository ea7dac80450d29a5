"""AWS goes away for a while."""

import os

import pytest

from tests.integration.caller import Load
from tests.integration.outcome import outcome_of
from tests.integration.waiting import wait_for

_BEFORE, _AFTER = 30, 60


@pytest.mark.skipif(
    "LOCALSTACK_IMAGE" in os.environ, reason="only our own image of LocalStack keeps its state over a restart"
)
def test_every_202_is_delivered_though_localstack_restarts_under_load(system):
    """What was confirmed before SQS went is delivered; meanwhile the API says 503 and accepts nothing.

    LocalStack's process ends by SIGTERM and a new one starts in the same container. Its open-source
    runtime forgets everything then, which SQS never does: our image writes the stores down once the
    server has ended and reads them before the next one starts (images/localstack/keeping_state.py).
    """
    with Load(system.caller, "restart", per_second=20, max_requests=2000) as load:
        wait_for("load", lambda: load.has(_BEFORE))
        system.localstack.stop()
        before = len(load.accepted)
        wait_for("a request that is not accepted", lambda: load.refused)
        system.localstack.come_back()
        wait_for("load", lambda: load.has(before + _AFTER))

    outcome = outcome_of(system, load.accepted)

    assert {503} == set(load.refused)
    assert (set(), set(), set()) == (outcome.lost, outcome.doubled, outcome.unsent)
