from dataclasses import replace
from datetime import timedelta

import pytest

from stage.scheduler.failures import alarmed, bakes, may_start, remember, threshold
from stage.scheduler.health import Health, Judged, judge
from stage.scheduler.model import Completed, Deployment, Memory, Service, Tally

from .conftest import NEW, NOW, OLD, a_state, a_task, pace


@pytest.mark.parametrize(
    ("desired", "failed"),
    [(0, 3), (1, 3), (5, 3), (6, 3), (7, 4), (25, 13), (400, 200), (401, 200), (1000, 200)],
)
def test_the_threshold_is_half_the_desired_count_between_three_and_two_hundred(desired, failed):
    """Half is rounded up, and bounded by the documented least and most."""
    assert failed == threshold(Service("c", "api", "ACTIVE", desired))


@pytest.mark.parametrize(
    ("limit", "desired", "failed"),
    [
        (("COUNT", 1), 40, 1),
        (("COUNT", 500), 2, 500),
        (("BOUNDED_PERCENT", 100), 10, 10),
        (("BOUNDED_PERCENT", 10), 10, 3),
        (("BOUNDED_PERCENT", 100), 300, 200),
        (("UNBOUNDED_PERCENT", 100), 300, 300),
        (("UNBOUNDED_PERCENT", 10), 12, 2),
        (("UNBOUNDED_PERCENT", 50), 0, 1),
    ],
)
def test_a_service_may_have_a_threshold_of_its_own(limit, desired, failed):
    """A count, or a share of the desired count within AWS's bounds or without them."""
    assert failed == threshold(Service("c", "api", "ACTIVE", desired, breaker_threshold=limit))


@pytest.mark.parametrize(("reset", "failed"), [(True, 0), (False, 2)])
def test_a_healthy_task_sets_the_count_back_unless_told_otherwise(reset, failed):
    """As `resetOnHealthyTask` says."""
    state = a_state("h", reset_on_healthy=reset)

    found = look(state, *state.tasks, memory=Memory(tallies={NEW: Tally(2)}))

    assert failed == found.tally(NEW).failed


def look(state, *tasks, memory=None):
    """Memory after a look at a service that has these tasks."""
    state = replace(state, tasks=list(tasks), memory=memory or Memory())
    return remember(state, [judge(state, task, NOW, pace) for task in tasks if task.live], NOW)


def stopped(name, **given):
    """A task that has stopped by itself after it had run."""
    facts = {"last_status": "STOPPED", "desired_status": "STOPPED", "stop_code": "EssentialContainerExited"}
    return a_task(name, **{**facts, **given})


FAILURES = [
    ("it exited", {}, 1),
    ("it never ran", {"stop_code": "TaskFailedToStart", "started_at": None}, 1),
    (
        "its health checks failed",
        {"stop_code": "ServiceSchedulerInitiated", "stopped_reason": "Task failed ELB health checks in (x)"},
        1,
    ),
    (
        "it was scaled in",
        {"stop_code": "ServiceSchedulerInitiated", "stopped_reason": "Scaling activity initiated by (x)"},
        0,
    ),
    ("a user stopped it", {"stop_code": "UserInitiated", "stopped_reason": "Task stopped by user"}, 0),
]


@pytest.mark.parametrize(("name", "facts", "failed"), FAILURES, ids=lambda v: str(v)[:30])
def test_what_counts_as_a_failed_task(name, facts, failed):
    """A task fails if it ends before it was ever healthy, or because of its health checks."""
    assert look(a_state(), stopped("a", **facts)).tally(NEW).failed == failed, name


def test_a_task_is_counted_once():
    """A stopped task is listed for long, and is one failure."""
    first = look(a_state(), stopped("a"))

    assert 2 == look(a_state(), stopped("a"), stopped("b"), memory=first).tally(NEW).failed


def test_a_task_lost_after_it_was_healthy_is_no_failure():
    """Killing a good task must not count against its deployment."""
    proven = look(a_state(), a_task("a"))

    assert 0 == look(a_state(), stopped("a"), memory=proven).tally(NEW).failed


def test_a_first_healthy_task_sets_the_count_back():
    """Failures count in a row; a task that gets healthy ends the row, once."""
    failed = look(a_state(), stopped("a"), stopped("b"))
    healed = look(a_state(), stopped("a"), stopped("b"), a_task("c"), memory=failed)
    again = look(a_state(), stopped("a"), stopped("b"), a_task("c"), stopped("d"), memory=healed)

    assert [2, 0, 1] == [m.tally(NEW).failed for m in (failed, healed, again)]


def test_each_deployment_has_its_own_count():
    """An old deployment's crash does not trip the new one's breaker."""
    memory = look(a_state(), stopped("a", deployment_id=OLD))

    assert (0, 1) == (memory.tally(NEW).failed, memory.tally(OLD).failed)


def test_what_is_forgotten_by_ecs_is_forgotten_here():
    """Memory does not grow with the life of a service."""
    memory = look(a_state(), a_task("a"), stopped("b", deployment_id=OLD))
    later = look(a_state(), a_task("c"), memory=memory)

    assert {"arn:task/c/c"} == later.proven
    assert {NEW} == set(later.tallies)


WAITS = [
    # (failed, never ran, AWS seconds to wait)
    (1, 0, 30),
    (9, 0, 30),
    (1, 1, 30),
    (2, 2, 60),
    (4, 4, 240),
    (99, 99, 27 * 60),
]


@pytest.mark.parametrize(("failed", "never_ran", "wait"), WAITS)
def test_starts_are_spaced_more_and_more(failed, never_ran, wait):
    """A task that never reaches RUNNING is retried ever later, at the latest after 27 minutes."""
    tally = Tally(failed, never_ran, last_failure=NOW)
    due = NOW + timedelta(seconds=pace(wait))

    assert not may_start(tally, due - timedelta(milliseconds=1), pace)
    assert may_start(tally, due, pace)


def test_nothing_holds_back_a_deployment_without_failures():
    """The first task starts at once."""
    assert may_start(Tally(), NOW, pace)


def test_a_completed_primary_is_where_a_rollback_would_go():
    """It is remembered with its task definition and desired count."""
    memory = look(a_state(rollout="COMPLETED"), a_task("a"))

    assert Completed(NEW, "api:2", 2) == memory.completed


def test_a_new_deployment_leaves_the_completed_one_remembered():
    """Even when the old deployment's tasks are all gone and nobody lists it any more."""
    completed = Completed(OLD, "api:1", 2)

    assert look(a_state(), memory=Memory(completed=completed)).completed == completed


def test_a_scheduler_that_starts_late_finds_the_completed_deployment():
    """Without a memory, the older deployment that is listed as COMPLETED is taken."""
    memory = look(a_state("", "hh"), a_task("a", deployment_id=OLD))

    assert Completed(OLD, "api:1", 1) == memory.completed


def test_a_completed_deployment_ends_a_rollback():
    """Until then the deployment that it went to cannot be gone back to again."""
    rolling_back = Memory(completed=Completed(OLD, "api:1", 2), ineligible=OLD)
    state = a_state()
    done = replace(state, deployments=[Deployment(NEW, "api:1", True, "COMPLETED")])

    assert OLD == look(state, memory=rolling_back).ineligible
    assert "" == look(done, memory=rolling_back).ineligible


def seen(state, *in_alarm, memory=None):
    """The state after a look at it with these alarms in ALARM."""
    state = replace(state, in_alarm=frozenset(in_alarm), memory=memory or state.memory)
    return replace(state, memory=remember(state, [], NOW))


def test_an_alarm_that_goes_off_during_a_deployment_has_a_say():
    """It was quiet at the first look."""
    quiet = seen(a_state("hh"))
    loud = seen(a_state("hh"), "errors", memory=quiet.memory)

    assert [False, True] == [alarmed(state, state.deployments[0]) for state in (quiet, loud)]


def test_an_alarm_that_was_on_before_has_none():
    """The deployment may be what mends it; nor has another alarm that goes off meanwhile."""
    begun = seen(a_state("hh"), "errors")
    later = seen(a_state("hh"), "errors", "latency", memory=begun.memory)

    assert [False, False] == [alarmed(state, state.deployments[0]) for state in (begun, later)]


def test_a_deployment_that_has_ended_is_watched_no_more():
    """What goes off then is nobody's fault."""
    begun = seen(a_state("hh"))
    ended = seen(a_state("hh", rollout="COMPLETED"), "errors", memory=begun.memory)

    assert {} == ended.memory.watched
    assert not alarmed(ended, ended.deployments[0])


def baked(state, *, watched=True, steady_for=None):
    """A steady deployment whose alarms are evaluated over three minutes."""
    since = {} if steady_for is None else {NEW: NOW - timedelta(seconds=steady_for)}
    memory = replace(state.memory, watched={NEW: watched}, steady_since=since)
    return replace(state, memory=memory, bake_seconds=180.0)


@pytest.mark.parametrize(
    ("how", "baking"),
    [
        ({}, True),
        ({"steady_for": 17.9}, True),
        ({"steady_for": 18.1}, False),
        ({"watched": False}, False),
    ],
    ids=["just steady", "shorter than its alarms look", "as long", "alarms have no say"],
)
def test_a_deployment_bakes_as_long_as_its_alarms_look_back(how, baking):
    """In AWS time: the pace of the tests is ten."""
    state = baked(a_state("hh"), **how)

    assert baking == bakes(state, state.deployments[0], NOW, lambda seconds: seconds / 10)


def test_a_bake_time_begins_when_a_deployment_is_first_steady():
    """What it loses later does not begin it anew."""
    judged = [Judged(task, Health.HEALTHY) for task in a_state("hh").tasks]
    first = remember(a_state("hh"), judged, NOW)
    unsteady = remember(replace(a_state("h"), memory=first), judged[:1], NOW + timedelta(seconds=5))
    over = remember(replace(a_state("hh", rollout="COMPLETED"), memory=unsteady), judged, NOW)

    assert [{NEW: NOW}, {NEW: NOW}, {}] == [one.steady_since for one in (first, unsteady, over)]
