from datetime import timedelta

import pytest

from stage.target_tracking.ledger import Ledger
from stage.target_tracking.model import Decision

from .conftest import NOW, RESOURCE

LATER = NOW + timedelta(seconds=30)


@pytest.fixture
def ledger(reporter):
    """A ledger with a scale-out from two to four tasks in progress."""
    ledger = Ledger(reporter, RESOURCE)
    ledger.begin(Decision("out", 4, "because", 60.0), 2, NOW)
    return ledger


def test_a_cooldown_starts_when_the_tasks_run(ledger):
    """Until ECS has fulfilled it the activity is cooling; then its seconds count."""
    assert ledger.activities[0].cooling(NOW + timedelta(hours=1))

    ledger.settle(desired=4, running=4, now=LATER)

    assert ledger.activities[0].cooling(LATER + timedelta(seconds=59))
    assert not ledger.activities[0].cooling(LATER + timedelta(seconds=60))


def test_an_unfulfilled_activity_stays_in_progress(ledger, reporter):
    """Three of four tasks are not yet four."""
    ledger.settle(desired=4, running=3, now=LATER)

    assert ledger.in_progress
    assert [activity["StatusCode"] for activity in reporter.activities] == ["InProgress"]


def test_a_scale_in_is_fulfilled_when_surplus_tasks_are_gone(reporter):
    """Scale-in ends when no more tasks run than were asked for."""
    ledger = Ledger(reporter, RESOURCE)
    ledger.begin(Decision("in", 2, "because", 300.0), 4, NOW)

    ledger.settle(desired=2, running=3, now=NOW)
    assert ledger.in_progress
    ledger.settle(desired=2, running=2, now=LATER)

    assert not ledger.in_progress
    assert reporter.activities[-1]["StatusMessage"] == (
        "Successfully set desired count to 2. Change successfully fulfilled by ecs."
    )


def test_a_desired_count_changed_by_hand_overrides_the_activity(ledger, reporter):
    """Waiting for a count that nobody asks for any more would never end."""
    ledger.settle(desired=3, running=2, now=LATER)

    assert not ledger.in_progress
    assert (reporter.activities[-1]["StatusCode"], reporter.activities[-1]["EndTime"]) == (
        "Overridden",
        LATER,
    )


def test_a_larger_scale_out_overrides_the_one_in_progress(ledger, reporter):
    """The first is closed under its own id, and only the second is in progress."""
    ledger.begin(Decision("out", 5, "because", 60.0), 4, LATER)

    first, overridden, second = reporter.activities
    assert first["ActivityId"] == overridden["ActivityId"] != second["ActivityId"]
    assert [a["StatusCode"] for a in (overridden, second)] == ["Overridden", "InProgress"]
    assert [(a.before, a.after) for a in ledger.activities] == [(2, 4), (4, 5)]
