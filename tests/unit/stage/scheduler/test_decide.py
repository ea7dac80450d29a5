from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from stage.scheduler.decide import decide
from stage.scheduler.model import (
    Completed,
    Event,
    Memory,
    ReportRollout,
    RollBack,
    StartTasks,
    StopTask,
    Tally,
)

from .conftest import NEW, NOW, OLD, a_state, a_task, pace


def of(kind, actions):
    """The actions of one kind."""
    return [action for action in actions if isinstance(action, kind)]


def moves(state):
    """Starts and stops in short: `2 new` is started, `old-h0` is stopped."""
    actions = decide(state, NOW, pace)
    started = [f"{a.count} {'new' if a.deployment_id == NEW else 'old'}" for a in of(StartTasks, actions)]
    return started, sorted(a.task_arn.rsplit("/", 1)[-1] for a in of(StopTask, actions))


STEADY_TABLE = [
    ("nothing runs yet", "", {}, ["2 new"], []),
    ("one is missing", "h", {}, ["1 new"], []),
    ("one is starting already", "hs", {}, [], []),
    ("all is well", "hh", {}, [], []),
    ("a task that drains is replaced at once", "hd", {}, ["1 new"], []),
    ("a lost task is replaced", "hz", {}, ["1 new"], []),
    ("scale out by two", "hh", {"desired_count": 4}, ["2 new"], []),
    ("scale in by one", "hhh", {}, [], ["new-h0"]),
    ("scale in takes what is still starting first", "hhs", {}, [], ["new-s2"]),
    ("desired count zero stops all", "hsh", {"desired_count": 0}, [], ["new-h0", "new-h2", "new-s1"]),
    ("a deleted service stops all", "hs", {"status": "DRAINING"}, [], ["new-h0", "new-s1"]),
    ("an unhealthy task gets a replacement first", "hu", {}, ["1 new"], []),
    ("it is kept while the replacement starts", "hus", {}, [], []),
    ("it goes when the replacement is healthy", "huh", {}, [], ["new-u1"]),
    ("two unhealthy tasks, one replaced", "uuhs", {}, [], ["new-u0"]),
    ("a replacement that never got healthy goes and is replaced", "hux", {}, ["1 new"], ["new-x2"]),
    ("no room for a replacement: one goes first", "uu", {"maximum_percent": 100}, [], ["new-u0"]),
    ("no room, but one is starting", "us", {"maximum_percent": 100}, [], []),
    ("a surplus unhealthy task goes before healthy ones", "hhu", {}, [], ["new-u2"]),
]


@pytest.mark.parametrize(("name", "tasks", "service", "started", "stopped"), STEADY_TABLE, ids=str)
def test_a_service_with_one_deployment(name, tasks, service, started, stopped):
    """Missing tasks start, surplus ones stop, unhealthy ones are replaced before they stop."""
    assert moves(a_state(tasks, rollout="COMPLETED", **service)) == (started, stopped), name


HALF = {"minimum_healthy_percent": 50, "maximum_percent": 100}
ROLLING_TABLE = [
    ("new tasks start beside the old", "", "hh", {}, ["2 new"], []),
    ("old ones stay while new ones start", "ss", "hh", {}, [], []),
    ("each healthy new task lets an old one go", "hs", "hh", {}, [], ["old-h0"]),
    ("all new are healthy", "hh", "hh", {}, [], ["old-h0", "old-h1"]),
    ("an old task that only starts goes at once", "hs", "hs", {}, [], ["old-s1"]),
    ("150 % of 4 leaves room for 2", "", "hhhh", {"desired_count": 4, "maximum_percent": 150}, ["2 new"], []),
    ("125 % of 3 is rounded down to 3", "", "hhh", {"desired_count": 3, "maximum_percent": 125}, [], []),
    ("50/100 % of 4 stops 2 first", "", "hhhh", {"desired_count": 4, **HALF}, [], ["old-h0", "old-h1"]),
    ("50/100 % of 3 keeps 2: rounded up", "", "hhh", {"desired_count": 3, **HALF}, [], ["old-h0"]),
    (
        "75 % of 2 is rounded up to 2",
        "",
        "hh",
        {"minimum_healthy_percent": 75, "maximum_percent": 100},
        [],
        [],
    ),
    ("50/100 % starts in the room made", "", "hhdd", {"desired_count": 4, **HALF}, ["2 new"], []),
    ("a lost old task is replaced by an old one", "ss", "hz", {}, ["1 old"], []),
    ("also while new ones wait for room", "", "hz", {}, ["1 old", "2 new"], []),
    ("not for what healthy new tasks carry", "hs", "hz", {}, [], []),
    ("scale-out applies to both revisions", "ss", "hh", {"desired_count": 3}, ["1 old", "1 new"], []),
    ("an unhealthy old task is replaced first", "s", "hu", {}, ["1 old"], []),
    ("an unhealthy new task that never served goes", "xs", "hh", {}, [], ["new-x0"]),
]


@pytest.mark.parametrize(("name", "new", "old", "service", "started", "stopped"), ROLLING_TABLE, ids=str)
def test_a_rolling_deployment(name, new, old, service, started, stopped):
    """Batches follow minimumHealthyPercent rounded up and maximumPercent rounded down."""
    assert moves(a_state(new, old, **service)) == (started, stopped), name


def test_scale_in_keeps_availability_zones_even():
    """Of three tasks the one that goes is in the zone with two."""
    state = a_state(rollout="COMPLETED")
    zones = {"a": "eu-west-1a", "b": "eu-west-1b", "c": "eu-west-1b"}
    state = replace(state, tasks=[a_task(name, zone=zone) for name, zone in zones.items()])

    assert ([], ["b"]) == moves(state)


def test_a_scale_in_is_explained_as_ecs_does():
    """The reason makes the control plane give the scheduler's stop code."""
    (stop,) = of(StopTask, decide(a_state("hhh", rollout="COMPLETED"), NOW, pace))

    assert stop.reason == f"Scaling activity initiated by (deployment {NEW})"


COMPLETION_TABLE = [
    ("all healthy, none old", "hh", "", {}, True),
    ("one still starting", "hs", "", {}, False),
    ("one missing", "h", "", {}, False),
    ("an old one drains", "hh", "d", {}, False),
    ("old ones have stopped", "hh", "zz", {}, True),
    ("an unhealthy one is left", "hhu", "", {}, False),
    ("no task wanted, none there", "", "", {"desired_count": 0}, True),
]


@pytest.mark.parametrize(("name", "new", "old", "service", "completed"), COMPLETION_TABLE, ids=str)
def test_when_a_deployment_completes(name, new, old, service, completed):
    """COMPLETED is reported once the primary is all there, healthy, and alone."""
    actions = decide(a_state(new, old, **service), NOW, pace)

    states = [report.state for report in of(ReportRollout, actions)]
    assert states == (["COMPLETED"] if completed else []), name
    steady = Event("(service api) has reached a steady state.")
    assert (steady in actions) == completed


@pytest.mark.parametrize(("failed", "trips"), [(2, False), (3, True), (7, True)])
def test_the_circuit_breaker_trips_at_three_failed_tasks(failed, trips):
    """A desired count of two has the least threshold there is."""
    state = a_state("", "hh", breaker=True, rollback=True, tallies={NEW: Tally(failed=failed)})

    actions = decide(state, NOW, pace)

    assert bool(of(RollBack, actions)) == trips
    assert ("FAILED" in [report.state for report in of(ReportRollout, actions)]) == trips
    assert bool([start for start in of(StartTasks, actions) if start.deployment_id == NEW]) != trips


def test_a_rollback_goes_to_the_last_completed_deployment():
    """Its task definition is deployed again."""
    state = a_state("", "hh", breaker=True, rollback=True, tallies={NEW: Tally(failed=3)})

    assert [RollBack(OLD, "api:1")] == of(RollBack, decide(state, NOW, pace))


def test_a_rollback_that_was_refused_is_tried_again():
    """A deployment that is already FAILED and still the primary is left by rolling back."""
    state = a_state("", "hh", rollout="FAILED", breaker=True, rollback=True)

    actions = decide(state, NOW, pace)

    assert [RollBack(OLD, "api:1")] == of(RollBack, actions)
    assert [] == of(ReportRollout, actions)


STALLED = [
    (
        "rollback is off",
        {"breaker": True},
        Memory(tallies={NEW: Tally(3)}, completed=Completed(OLD, "api:1", 2)),
    ),
    ("nothing has ever completed", {"breaker": True, "rollback": True}, Memory(tallies={NEW: Tally(3)})),
    (
        "the deployment is itself a rollback",
        {"breaker": True, "rollback": True},
        Memory(tallies={NEW: Tally(3)}, completed=Completed(OLD, "api:1", 2), ineligible=OLD),
    ),
]


@pytest.mark.parametrize(("name", "service", "memory"), STALLED, ids=lambda v: str(v)[:40])
def test_a_failed_deployment_stalls_without_a_way_back(name, service, memory):
    """It is FAILED, starts no tasks, and goes nowhere."""
    actions = decide(a_state("", "hh", memory=memory, **service), NOW, pace)

    assert ["FAILED"] == [report.state for report in of(ReportRollout, actions)], name
    assert [] == of(RollBack, actions)
    assert [] == of(StartTasks, actions)


def test_without_a_circuit_breaker_a_deployment_tries_on():
    """However many tasks fail, the next one is started when its time has come."""
    tally = Tally(failed=50, last_failure=NOW - timedelta(hours=1))

    assert (["2 new"], []) == moves(a_state("", "hh", tallies={NEW: tally}))


ALARMED = {"alarms": ("errors",), "alarm_rollback": True}


def alarmed(*, watched=True, service=ALARMED, in_alarm=("errors",)):
    """A deployment during which an alarm is in ALARM."""
    memory = Memory(completed=Completed(OLD, "api:1", 2), watched={NEW: watched})
    return replace(a_state("h", "hh", memory=memory, **service), in_alarm=frozenset(in_alarm))


def test_an_alarm_takes_a_deployment_back():
    """To the last completed one, although all of its tasks are healthy."""
    actions = decide(alarmed(), NOW, pace)

    assert [RollBack(OLD, "api:1")] == of(RollBack, actions)
    assert [ReportRollout(NEW, "FAILED", "ECS deployment alarms: alarm detected.", 0)] == of(
        ReportRollout, actions
    )
    assert Event(f"(service api) (deployment {NEW}) deployment failed: alarm detected.") in actions
    assert [] == of(StartTasks, actions)


def test_an_alarm_that_is_to_take_nothing_back_ends_the_deployment():
    """Where rollback is off for alarms, whatever the circuit breaker may do."""
    actions = decide(alarmed(service={**ALARMED, "alarm_rollback": False, "rollback": True}), NOW, pace)

    assert ["FAILED"] == [report.state for report in of(ReportRollout, actions)]
    assert [] == of(RollBack, actions)


@pytest.mark.parametrize("how", [{"watched": False}, {"in_alarm": ()}], ids=["not watched", "no alarm"])
def test_without_an_alarm_that_has_a_say_a_deployment_goes_on(how):
    """None went off, or one was in ALARM as it began."""
    actions = decide(alarmed(**how), NOW, pace)

    assert [] == of(RollBack, actions)
    assert [] == of(ReportRollout, actions)


def test_a_deployment_that_bakes_is_not_completed():
    """It is steady, and says so; it is over once its alarms have seen it."""
    state = a_state("hh", **ALARMED)
    memory = replace(state.memory, watched={NEW: True}, steady_since={NEW: NOW - timedelta(seconds=59)})
    state = replace(state, memory=memory, bake_seconds=60.0)

    baking = decide(state, NOW, lambda seconds: seconds)
    later = decide(state, NOW + timedelta(seconds=1), lambda seconds: seconds)

    assert [Event("(service api) has reached a steady state.")] == baking
    assert ["COMPLETED"] == [report.state for report in of(ReportRollout, later)]


def test_an_alarm_takes_a_deployment_back_that_bakes():
    """All of its tasks run and none of the old ones: that is when a bad release shows."""
    state = a_state("hh", **ALARMED)
    memory = Memory(
        proven=state.memory.proven,
        completed=Completed(OLD, "api:1", 2),
        watched={NEW: True},
        steady_since={NEW: NOW},
    )
    state = replace(state, memory=memory, bake_seconds=60.0, in_alarm=frozenset({"errors"}))

    assert [RollBack(OLD, "api:1")] == of(RollBack, decide(state, NOW, pace))


def test_a_rollback_by_an_alarm_that_was_refused_is_tried_again():
    """What an alarm has ended is not left to the circuit breaker's setting."""
    state = a_state("", "hh", rollout="FAILED", **ALARMED)
    primary = replace(state.deployments[0], failed_by_alarm=True)
    state = replace(state, deployments=[primary, *state.deployments[1:]])

    assert [RollBack(OLD, "api:1")] == of(RollBack, decide(state, NOW, pace))


def test_failed_tasks_are_reported_as_they_happen():
    """Who describes the service sees the count before the breaker trips."""
    tally = Tally(failed=2, last_failure=NOW)

    (report,) = of(ReportRollout, decide(a_state("", "hh", tallies={NEW: tally}), NOW, pace))

    assert ("IN_PROGRESS", 2) == (report.state, report.failed_tasks)


def test_a_start_after_a_failure_is_paced():
    """Right after a failed task none is started, half an AWS minute later one is."""
    failed = NOW - timedelta(seconds=pace(29))

    assert ([], []) == moves(a_state("h", tallies={NEW: Tally(1, last_failure=failed)}))
    failed -= timedelta(seconds=pace(1))
    assert (["1 new"], []) == moves(a_state("h", tallies={NEW: Tally(1, last_failure=failed)}))


def test_starts_in_vain_are_announced():
    """After three tasks in a row that never ran, the service's events say so."""
    state = a_state("h", tallies={NEW: Tally(3, never_ran=3, last_failure=NOW)})

    assert Event("(service api) is unable to consistently start tasks successfully.") in decide(
        state, NOW, pace
    )


def test_an_unhealthy_task_is_announced():
    """The event names service and task."""
    event = "(service api) (task new-u1) failed container health checks."

    assert Event(event) in decide(a_state("hu", rollout="COMPLETED"), NOW, pace)


LETTERS = st.text(alphabet="hsuxdz", max_size=8)


@given(LETTERS, LETTERS, st.integers(0, 6), st.integers(0, 100), st.integers(100, 300))
def test_a_deployment_stays_between_minimum_and_maximum(new, old, desired, minimum, maximum):
    """No start exceeds maximumPercent, and no stop takes healthy tasks below minimumHealthyPercent."""
    state = a_state(new, old, desired_count=desired, minimum_healthy_percent=minimum, maximum_percent=maximum)
    actions = decide(state, NOW, pace)

    live = sum(task.live for task in state.tasks)
    started = sum(start.count for start in of(StartTasks, actions))
    assert started == 0 or live + started <= state.service.maximum
    stopped = {stop.task_arn for stop in of(StopTask, actions)}
    assert len(stopped) == len(of(StopTask, actions))
    healthy = {task.task_arn for task in state.tasks if task.live and task.health_status == "HEALTHY"}
    assert not healthy & stopped or len(healthy - stopped) >= state.service.minimum


def after(state, actions, round_number):
    """Tasks once the actions are carried out, and starting tasks have become healthy."""
    stops = {stop.task_arn for stop in of(StopTask, actions)}
    kept = [
        replace(task, last_status="RUNNING", health_status="HEALTHY", started_at=NOW)
        if task.last_status == "PENDING"
        else task
        for task in state.tasks
        if task.task_arn not in stops and task.live
    ]
    fresh = [
        a_task(
            f"{start.task_definition}-{round_number}-{number}",
            start.deployment_id,
            last_status="PENDING",
            started_at=None,
        )
        for start in of(StartTasks, actions)
        for number in range(start.count)
    ]
    return [*kept, *fresh]


@given(LETTERS, st.integers(0, 6))
def test_a_service_comes_to_rest(tasks, desired):
    """With tasks that start and stop as told, a few passes lead to exactly the desired count."""
    state = a_state(tasks, rollout="COMPLETED", desired_count=desired)
    for round_number in range(20):
        state = replace(state, tasks=after(state, decide(state, NOW, pace), round_number))

    assert ([], []) == moves(state)
    assert [task.health_status for task in state.tasks] == ["HEALTHY"] * desired


@given(
    st.text(alphabet="hsu", max_size=6),
    st.integers(1, 4),
    st.sampled_from([(100, 200), (50, 100), (0, 100), (100, 150), (75, 125)]),
)
def test_a_rolling_deployment_comes_to_its_end(old, desired, percent):
    """Whatever the old tasks are like, a good release replaces them all and completes."""
    minimum, maximum = percent
    limits = {"minimum_healthy_percent": minimum, "maximum_percent": maximum}
    state = a_state("", old, desired_count=desired, **limits)
    assume(state.service.minimum < state.service.maximum)
    for round_number in range(30):
        state = replace(state, tasks=after(state, decide(state, NOW, pace), round_number))

    assert [task.deployment_id for task in state.tasks] == [NEW] * desired
    assert "COMPLETED" in [report.state for report in of(ReportRollout, decide(state, NOW, pace))]
