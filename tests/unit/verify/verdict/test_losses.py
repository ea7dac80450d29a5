from dataclasses import replace

import pytest

from tests.unit.verify import runs
from verify.record import Request
from verify.verdict.losses import failed_only_while_lost


def failed(minute, seconds=0.05):
    """A request that was given up."""
    return Request(runs.real(minute), runs.real(minute) + seconds, 503)


@pytest.mark.parametrize(
    ("minute", "seconds", "outcome"),
    [
        (8.5, 0.05, "pass"),  # While the task of the API was lost.
        (7.5, 5.0, "pass"),  # Open when it was lost.
        (10.9, 0.05, "pass"),  # The replacement was just there.
        (11.5, 0.05, "fail"),
        (7.0, 0.05, "fail"),
        (4.5, 0.05, "fail"),  # A task of the sender was lost: nobody waits for it.
    ],
)
def test_requests_may_fail_from_a_loss_until_the_service_is_whole(minute, seconds, outcome):
    """Not before it, not after it, and not because the other service lost one."""
    run = runs.lost_task_run()

    check = failed_only_while_lost(runs.with_request(run, failed(minute, seconds)))

    assert outcome == check.outcome


def test_a_service_that_was_never_whole_again_excuses_until_the_end():
    """That it never was is another check's to say."""
    run = runs.lost_task_run()
    faults = tuple(replace(fault, replaced_at=None) for fault in run.faults)

    assert (
        "pass" == failed_only_while_lost(runs.with_request(replace(run, faults=faults), failed(28))).outcome
    )
