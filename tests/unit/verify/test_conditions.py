from dataclasses import replace

import pytest

from tests.unit.verify import runs
from verify.conditions import at_minimum, cpu_since, has_settled

SETTLE_MINUTES = 4.0


def at(minutes):
    """What the observer knew of the correct run so many minutes after its beginning."""
    timeline = runs.autoscaling_run().timeline
    api = timeline.api
    seen = replace(
        api,
        samples=tuple(sample for sample in api.samples if sample.at <= runs.real(minutes)),
        cpu=tuple(point for point in api.cpu if point.minute < runs.moment(minutes - 1)),
        activities=tuple(done for done in api.activities if done.started_at <= runs.moment(minutes)),
    )
    return replace(timeline, api=seen, ended_at=runs.real(minutes))


@pytest.mark.parametrize(
    ("minutes", "settled"), [(3, False), (9, False), (13, False), (16, False), (17, True)]
)
def test_the_fleet_has_settled_some_minutes_after_its_last_step(minutes, settled):
    """Not before it has grown, nor while another step may follow."""
    timeline = at(minutes)
    roomy = replace(timeline, api=replace(timeline.api, maximum=8))

    assert settled == has_settled(roomy, SETTLE_MINUTES)


def test_a_fleet_at_its_maximum_has_settled_some_minutes_after_its_last_step():
    """Nothing more can come; but what had to wait for its last tasks is still waiting."""
    assert [False, False, True] == [has_settled(at(minutes), SETTLE_MINUTES) for minutes in (12.5, 13.5, 17)]


@pytest.mark.parametrize(("since", "settled"), [(0.0, True), (12.0, True), (15.0, False)])
def test_a_fleet_has_settled_some_minutes_after_its_load_changed(since, settled):
    """Its last step may have been another load's; at the beginning there was none before."""
    timeline = at(17)
    roomy = replace(timeline, api=replace(timeline.api, maximum=8))

    assert settled == has_settled(roomy, SETTLE_MINUTES, since=since and runs.real(since))


def test_a_fleet_over_the_target_has_settled_only_at_its_maximum():
    """Below it, another step is due."""
    timeline = at(18)
    hot = replace(timeline.api, cpu=runs.datapoints([90.0] * 18))

    assert has_settled(replace(timeline, api=hot), SETTLE_MINUTES)
    assert not has_settled(replace(timeline, api=replace(hot, maximum=8)), SETTLE_MINUTES)


@pytest.mark.parametrize(("seen", "cpu"), [(7.9, None), (8.1, 92.0)])
def test_a_load_shows_in_the_first_minute_that_had_all_of_it(seen, cpu):
    """The minute in which it rose, and the one in which the generator followed, say too little."""
    timeline = at(seen)
    points = runs.datapoints([20.0] * 5 + [50.0, 60.0, 92.0, 99.0])[: int(seen)]
    timeline = replace(timeline, api=replace(timeline.api, cpu=points))

    assert cpu_since(timeline, runs.real(5.5)) == cpu


@pytest.mark.parametrize(("minutes", "reached"), [(3, True), (20, False), (34.5, False), (37, True)])
def test_the_minimum_is_reached_when_no_surplus_task_runs(minutes, reached):
    """A desired count alone stops nothing."""
    assert reached == at_minimum(at(minutes))
