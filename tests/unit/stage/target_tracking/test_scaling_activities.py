from datetime import timedelta

import pytest

from stage.target_tracking.model import Decision
from stage.target_tracking.scaling_activities import ScalingActivities

from .conftest import NOW, RESOURCE

LATER = NOW + timedelta(seconds=30)


@pytest.fixture
def scaling_activities(reporter):
    """Scaling activities with a scale-out from two to four tasks in progress."""
    scaling_activities = ScalingActivities(reporter, RESOURCE)
    scaling_activities.begin(Decision("out", 4, "because", 60.0), 2, NOW)
    return scaling_activities


def test_a_cooldown_starts_when_the_tasks_run(scaling_activities):
    """Until ECS has fulfilled it the activity is cooling; then its seconds count."""
    assert scaling_activities.activities[0].cooling(NOW + timedelta(hours=1))

    scaling_activities.settle(desired=4, running=4, now=LATER)

    assert scaling_activities.activities[0].cooling(LATER + timedelta(seconds=59))
    assert not scaling_activities.activities[0].cooling(LATER + timedelta(seconds=60))


def test_an_unfulfilled_activity_stays_in_progress(scaling_activities, reporter):
    """Three of four tasks are not yet four."""
    scaling_activities.settle(desired=4, running=3, now=LATER)

    assert scaling_activities.in_progress
    assert ["InProgress"] == [activity["StatusCode"] for activity in reporter.activities]


def test_a_scale_in_is_fulfilled_when_surplus_tasks_are_gone(reporter):
    """Scale-in ends when no more tasks run than were asked for."""
    scaling_activities = ScalingActivities(reporter, RESOURCE)
    scaling_activities.begin(Decision("in", 2, "because", 300.0), 4, NOW)

    scaling_activities.settle(desired=2, running=3, now=NOW)
    assert scaling_activities.in_progress
    scaling_activities.settle(desired=2, running=2, now=LATER)

    assert not scaling_activities.in_progress
    assert (
        "Successfully set desired count to 2. Change successfully fulfilled by ecs."
    ) == reporter.activities[-1]["StatusMessage"]


def test_a_desired_count_changed_by_hand_overrides_the_activity(scaling_activities, reporter):
    """Waiting for a count that nobody asks for any more would never end."""
    scaling_activities.settle(desired=3, running=2, now=LATER)

    assert not scaling_activities.in_progress
    assert (
        "Overridden",
        LATER,
    ) == (reporter.activities[-1]["StatusCode"], reporter.activities[-1]["EndTime"])


def test_a_larger_scale_out_overrides_the_one_in_progress(scaling_activities, reporter):
    """The first is closed under its own id, and only the second is in progress."""
    scaling_activities.begin(Decision("out", 5, "because", 60.0), 4, LATER)

    first, overridden, second = reporter.activities
    assert first["ActivityId"] == overridden["ActivityId"] != second["ActivityId"]
    assert ["Overridden", "InProgress"] == [a["StatusCode"] for a in (overridden, second)]
    assert [(2, 4), (4, 5)] == [(a.before, a.after) for a in scaling_activities.activities]
