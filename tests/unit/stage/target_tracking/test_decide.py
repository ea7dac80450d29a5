from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stage.alarms.decide import evaluate
from stage.alarms.model import MetricAlarm
from stage.target_tracking.decide import decide as decide_on
from stage.target_tracking.decide import into_bounds
from stage.target_tracking.model import Activity, Bounds, Datapoint, Policy, ScalingInput, Suspended

NOW = datetime(2026, 1, 1, 12, 0, 20, tzinfo=UTC)
CPU = Policy("cpu", 70.0, 60.0, 300.0, alarm_high="cpu-AlarmHigh", alarm_low="cpu-AlarmLow")
BACKLOG = Policy("backlog", 100.0, 60.0, 300.0, alarm_high="backlog-AlarmHigh", alarm_low="backlog-AlarmLow")
UP_ONLY = Policy("up-only", 70.0, disable_scale_in=True, alarm_high="h", alarm_low="l")


WIDE = Bounds(1, 40)


def decide(policies, datapoints, capacity, bounds=WIDE, activities=(), running=None, **rest):
    """Decide at NOW as alarms judge the datapoints; desired tasks run unless told otherwise."""
    running = capacity if running is None else running
    found = in_alarm(policies, datapoints)
    return decide_on(
        ScalingInput(policies, datapoints, found, found, capacity, running, bounds, activities, NOW, **rest)
    )


def in_alarm(policies, datapoints):
    """Names of the policies' alarms that are in ALARM over the last closed minutes."""
    closed = NOW.replace(second=0, microsecond=0)
    found = set()
    for policy in policies:
        by_minute = {point.minute: point.value for point in datapoints.get(policy.name, ())}
        values = [by_minute.get(closed - timedelta(minutes=back)) for back in range(20, 0, -1)]
        for name, threshold, comparison, periods in (
            (policy.alarm_high, policy.target, "GreaterThanThreshold", 3),
            (policy.alarm_low, policy.target * 0.9, "LessThanThreshold", 15),
        ):
            if evaluate(MetricAlarm(threshold, comparison, periods, periods), values) == "ALARM":
                found.add(name)
    return found


def minutes(*values, now=NOW):
    """Datapoints of the last closed minutes, oldest first; None is a missing minute."""
    closed = now.replace(second=0, microsecond=0)
    return [
        Datapoint(closed - timedelta(minutes=len(values) - index), value)
        for index, value in enumerate(values)
        if value is not None
    ]


def activity(kind, before, after, *, ago, cooldown):
    """An activity that ended `ago` seconds before now; None is one still in progress."""
    ended_at = None if ago is None else NOW - timedelta(seconds=ago)
    return Activity(kind, before, after, ended_at, cooldown)


@dataclass
class Case:
    """One row: what AWS sees, and what it does."""

    name: str
    expected: tuple
    datapoints: list
    capacity: int = 2
    running: int | None = None
    bounds: Bounds = field(default_factory=lambda: Bounds(1, 10))
    activities: list = field(default_factory=list)
    deploying: bool = False
    suspended: Suspended = field(default_factory=Suspended)


CASES = [
    Case("3 of 3 above target scale out in proportion", ("out", 3), minutes(100, 100, 100)),
    Case("the latest datapoint sizes the step", ("out", 5), minutes(71, 72, 150)),
    Case("a latest datapoint just above target adds one", ("out", 3), minutes(150, 150, 71)),
    Case("2 of 3 above target", ("none", 2), minutes(69, 100, 100)),
    Case("at target is not above it", ("none", 2), minutes(70, 70, 70)),
    Case("a missing minute is made up for by an older one", ("out", 3), minutes(100, 100, None, 100)),
    Case("an older one that does not breach counts too", ("none", 2), minutes(100, 60, None, 100, 100)),
    Case("the newest datapoint there is sizes the step", ("out", 4), minutes(100, 100, 140, None)),
    Case("two of five minutes are missing", ("out", 3), minutes(100, None, 100, None, 100)),
    Case("three of five are missing, and the oldest has stood", ("out", 3), minutes(100, None, 100, None)),
    Case("three of five are missing, and the oldest is young", ("none", 2), minutes(100, 100)),
    Case("one that has stood for three minutes", ("out", 3), minutes(100, None, None)),
    Case("one that has left the evaluation range", ("none", 2), minutes(100, 100, 100, *[None] * 5)),
    Case("no data at all", ("none", 2), []),
    Case("scale-out stops at the maximum", ("out", 4), minutes(100, 100, 300), bounds=Bounds(1, 4)),
    Case("at the maximum already", ("none", 4), minutes(*[100] * 3), capacity=4, bounds=Bounds(1, 4)),
    Case("15 of 15 below scale in", ("in", 2), minutes(*[30] * 15), capacity=4),
    Case("what is removed is rounded down", ("in", 3), minutes(*[40] * 15), capacity=4),
    Case("14 of 15 below", ("none", 4), minutes(63, *[30] * 14), capacity=4),
    Case("only 14 datapoints ever", ("none", 4), minutes(*[30] * 14), capacity=4),
    Case(
        "two missing minutes are made up for",
        ("in", 2),
        minutes(*[30] * 7, None, *[30] * 4, None, *[30] * 4),
        capacity=4,
    ),
    Case("a high minute before them counts too", ("none", 4), minutes(70, *[30] * 13, None, 30), capacity=4),
    Case("no datapoint for 14 minutes", ("in", 2), minutes(*[30] * 3, *[None] * 14), capacity=4),
    Case("no datapoint for 17 minutes", ("none", 4), minutes(*[30] * 15, *[None] * 17), capacity=4),
    Case("90 % of target is not below it", ("none", 4), minutes(*[63] * 15), capacity=4),
    Case("one fewer would push the metric back over", ("none", 2), minutes(*[40] * 15)),
    Case("one fewer would land exactly on target", ("in", 1), minutes(*[35] * 15)),
    Case(
        "an idle service goes to its minimum", ("in", 2), minutes(*[0] * 15), capacity=4, bounds=Bounds(2, 6)
    ),
    Case("at the minimum already", ("none", 2), minutes(*[0] * 15), bounds=Bounds(2, 6)),
    Case("below the minimum, without any data", ("none", 2), [], bounds=Bounds(3, 6)),
    Case("above the maximum, without any data", ("none", 9), [], capacity=9, bounds=Bounds(1, 4)),
    Case("below the minimum, with an alarm", ("out", 4), minutes(*[71] * 3), bounds=Bounds(4, 6)),
    Case("below the minimum, far over the target", ("out", 5), minutes(*[150] * 3), bounds=Bounds(4, 6)),
    Case("below the minimum and idle", ("none", 2), minutes(*[5] * 15), bounds=Bounds(4, 6)),
    Case("above the maximum, idle", ("in", 4), minutes(*[60] * 15), capacity=9, bounds=Bounds(1, 4)),
    Case("above the maximum, very idle", ("in", 1), minutes(*[5] * 15), capacity=9, bounds=Bounds(1, 4)),
    Case("above the maximum, over the target", ("none", 9), minutes(*[99] * 3), 9, None, Bounds(1, 4)),
    Case("running tasks are where a scale-out starts", ("out", 5), minutes(*[175] * 3), 4, running=2),
    Case("what is already desired is not asked for again", ("none", 4), minutes(*[140] * 3), 4, running=2),
    Case("more tasks run than are desired", ("out", 6), minutes(*[100] * 3), 2, running=4),
    Case("running tasks are where a scale-in starts", ("in", 2), minutes(*[60] * 15), 4, running=2),
    Case("from no task to one", ("out", 1), minutes(*[100] * 3), capacity=0, bounds=Bounds(0, 10)),
    Case("no task and nothing to do", ("none", 0), minutes(*[0] * 15), capacity=0, bounds=Bounds(0, 10)),
    Case("a deployment holds back scale-in", ("none", 4), minutes(*[10] * 15), capacity=4, deploying=True),
    Case("a deployment does not hold back scale-out", ("out", 3), minutes(*[100] * 3), deploying=True),
    Case(
        "scale-in suspended", ("none", 4), minutes(*[9] * 15), capacity=4, suspended=Suspended(scale_in=True)
    ),
    Case("scale-out suspended", ("none", 2), minutes(*[100] * 3), suspended=Suspended(scale_out=True)),
    Case(
        "suspended scale-in leaves scale-out",
        ("out", 3),
        minutes(*[99] * 3),
        suspended=Suspended(scale_in=True),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_documented_behaviour(case):
    """Each row is one rule of target tracking with one policy of target 70."""
    decision = decide(
        [CPU],
        {"cpu": case.datapoints},
        capacity=case.capacity,
        running=case.running,
        bounds=case.bounds,
        activities=case.activities,
        deployment_in_progress=case.deploying,
        suspended=case.suspended,
    )

    assert case.expected == (decision.kind, decision.capacity)


COOLDOWNS = [
    # (what happened before, capacity now, datapoints, expected)
    ("2 added, 3 asked for, 1 more", [("out", 2, 4, 30, 60)], 4, [140, 140, 175], ("out", 5)),
    ("as much asked for again", [("out", 2, 4, 30, 60)], 4, [140, 140, 140], ("none", 4)),
    ("less asked for", [("out", 2, 4, 30, 60)], 4, [100, 100, 100], ("none", 4)),
    ("an activity in progress counts as cooling", [("out", 2, 4, None, 60)], 4, [140] * 3, ("none", 4)),
    ("the cooldown is over", [("out", 2, 4, 60, 60)], 4, [100, 100, 100], ("out", 6)),
    (
        "two cooling activities count together",
        [("out", 2, 4, 50, 60), ("out", 4, 5, 20, 60)],
        5,
        [175, 175, 175],
        ("none", 5),
    ),
    (
        "of two activities only the second is cooling",
        [("out", 2, 4, 70, 60), ("out", 4, 5, 20, 60)],
        5,
        [100, 100, 100],
        ("out", 6),
    ),
    ("scale-in cooldown blocks scale-in", [("in", 6, 4, 299, 300)], 4, [10] * 15, ("none", 4)),
    ("scale-in cooldown over", [("in", 6, 4, 300, 300)], 4, [10] * 15, ("in", 1)),
    ("scale-in in progress blocks scale-in", [("in", 6, 4, None, 300)], 4, [10] * 15, ("none", 4)),
    ("scale-out passes during a scale-in cooldown", [("in", 6, 4, 10, 300)], 4, [100] * 3, ("out", 6)),
    (
        "a scale-out ends the scale-in cooldown",
        [("in", 6, 4, 200, 300), ("out", 4, 5, 100, 60)],
        5,
        [10] * 15,
        ("in", 1),
    ),
    ("scale-out cooldown does not hold back scale-in", [("out", 2, 4, 10, 3600)], 4, [10] * 15, ("in", 1)),
    ("a corrected minimum is no scale-out to cool", [("out", 2, 4, None, None)], 4, [100] * 3, ("out", 6)),
    ("a corrected maximum is no scale-in to cool", [("in", 6, 4, 10, None)], 4, [10] * 15, ("in", 1)),
    (
        "a corrected minimum does not end a scale-in cooldown",
        [("in", 6, 4, 200, 300), ("out", 4, 5, 100, None)],
        5,
        [10] * 15,
        ("none", 5),
    ),
]


@pytest.mark.parametrize(
    ("name", "history", "capacity", "values", "expected"), COOLDOWNS, ids=lambda v: str(v)[:50]
)
def test_the_cooldown_table(name, history, capacity, values, expected):
    """Each row is one documented sentence about cooldowns, at target 70."""
    activities = [activity(k, before, after, ago=ago, cooldown=c) for k, before, after, ago, c in history]

    decision = decide(
        [CPU],
        {"cpu": minutes(*values)},
        capacity=capacity,
        bounds=Bounds(1, 10),
        activities=activities,
    )

    assert expected == (decision.kind, decision.capacity), name


SEVERAL = [
    ("out when one is above", [CPU, BACKLOG], {"cpu": [100] * 3, "backlog": [10] * 15}, ("out", 6)),
    ("the largest scale-out wins", [CPU, BACKLOG], {"cpu": [100] * 3, "backlog": [200] * 3}, ("out", 8)),
    (
        "in when all are below; the largest remains",
        [CPU, BACKLOG],
        {"cpu": [10] * 15, "backlog": [60] * 15},
        ("in", 3),
    ),
    ("not in when one is not below", [CPU, BACKLOG], {"cpu": [10] * 15, "backlog": [95] * 15}, ("none", 4)),
    ("not in when one has no data", [CPU, BACKLOG], {"cpu": [10] * 15}, ("none", 4)),
    ("out although one has no data", [CPU, BACKLOG], {"cpu": [100] * 3}, ("out", 6)),
    (
        "a policy without scale-in has no say in it",
        [CPU, UP_ONLY],
        {"cpu": [10] * 15, "up-only": [65] * 15},
        ("in", 1),
    ),
    (
        "a policy without scale-in can scale out",
        [CPU, UP_ONLY],
        {"cpu": [10] * 15, "up-only": [100] * 3},
        ("out", 6),
    ),
    ("none may scale in", [UP_ONLY], {"up-only": [10] * 15}, ("none", 4)),
    ("no policy at all", [], {}, ("none", 4)),
]


@pytest.mark.parametrize(("name", "policies", "values", "expected"), SEVERAL, ids=lambda v: str(v)[:50])
def test_several_policies(name, policies, values, expected):
    """Out on any, in only on all that may scale in, the largest capacity wins."""
    decision = decide(
        policies,
        {policy: minutes(*series) for policy, series in values.items()},
        capacity=4,
        bounds=Bounds(1, 10),
        activities=[],
    )

    assert expected == (decision.kind, decision.capacity), name


@pytest.mark.parametrize(
    ("values", "cause", "cooldown"),
    [
        ([100] * 3, "monitor alarm cpu-AlarmHigh in state ALARM triggered policy cpu", 60.0),
        ([10] * 15, "monitor alarm cpu-AlarmLow in state ALARM triggered policy cpu", 300.0),
    ],
    ids=["out", "in"],
)
def test_the_cause_names_alarm_and_policy_as_aws_does(values, cause, cooldown):
    """A scaling carries the words of describe_scaling_activities and the cooldown that it starts."""
    decision = decide([CPU], {"cpu": minutes(*values)}, capacity=4, bounds=Bounds(1, 10), activities=[])

    assert (cause, cooldown) == (decision.cause, decision.cooldown)


@pytest.mark.parametrize(
    ("triggered", "in_alarm", "expected"),
    [
        ({"cpu-AlarmLow"}, {"cpu-AlarmLow", "backlog-AlarmLow"}, ("in", 1)),
        ({"cpu-AlarmLow"}, {"cpu-AlarmLow"}, ("none", 4)),
        (set(), {"cpu-AlarmLow", "backlog-AlarmLow"}, ("none", 4)),
        (set(), {"cpu-AlarmHigh"}, ("none", 4)),
        ({"other-AlarmHigh"}, {"cpu-AlarmHigh"}, ("none", 4)),
    ],
    ids=["one triggers, both agree", "the other does not", "none triggers", "no trigger out", "another's"],
)
def test_an_alarm_has_to_trigger(triggered, in_alarm, expected):
    """A state that nobody has just found is none to act on; to scale in, all have to be in ALARM."""
    datapoints = {"cpu": minutes(*[10] * 15), "backlog": minutes(*[10] * 15)}

    decision = decide_on(
        ScalingInput([CPU, BACKLOG], datapoints, triggered, in_alarm, 4, 4, Bounds(1, 10), (), NOW)
    )

    assert expected == (decision.kind, decision.capacity)


VALUES = st.floats(0, 1000, allow_nan=False)
SERIES = st.lists(st.one_of(VALUES, st.none()), max_size=20)
STEADY = st.one_of(SERIES, VALUES.map(lambda value: [value] * 15))
BOUNDS = st.tuples(st.integers(0, 20), st.integers(0, 20)).map(lambda pair: Bounds(min(pair), max(pair)))
ACTIVITIES = st.lists(
    st.builds(
        activity,
        st.sampled_from(["out", "in"]),
        st.integers(0, 20),
        st.integers(0, 20),
        ago=st.one_of(st.none(), st.floats(0, 900)),
        cooldown=st.floats(0, 600),
    ),
    max_size=4,
)


def situation(datapoints, *rest):
    """A target with two policies, whose alarms are as their datapoints make them."""
    found = in_alarm([CPU, BACKLOG], datapoints)
    return ScalingInput([CPU, BACKLOG], datapoints, found, found, *rest)


SITUATIONS = st.builds(
    situation,
    st.fixed_dictionaries({name: STEADY.map(lambda series: minutes(*series)) for name in ("cpu", "backlog")}),
    st.integers(0, 40),
    st.integers(0, 40),
    BOUNDS,
    ACTIVITIES,
    st.just(NOW),
    st.booleans(),
)


@given(SITUATIONS)
def test_a_scaling_never_leaves_the_bounds(scaling_input):
    """Whatever the metrics and history, a new desired count lies between minimum and maximum."""
    decision = decide_on(scaling_input)

    if decision.kind == "none":
        assert scaling_input.capacity == decision.capacity
    else:
        assert scaling_input.bounds.minimum <= decision.capacity <= scaling_input.bounds.maximum
        assert (decision.kind == "out") == (decision.capacity > scaling_input.capacity)


@given(st.floats(0, 62.9), st.integers(1, 40), ACTIVITIES)
def test_a_scale_in_never_projects_the_metric_over_the_target(value, capacity, activities):
    """The load that remaining tasks inherit keeps the metric at or below the target."""
    decision = decide(
        [CPU],
        {"cpu": minutes(*[value] * 15)},
        capacity=capacity,
        bounds=Bounds(1, 40),
        activities=activities,
    )

    assert decision.kind != "out"
    assert value * capacity / decision.capacity <= CPU.target + 1e-3


@given(VALUES, VALUES, st.integers(1, 20), ACTIVITIES)
def test_scale_out_is_monotone_in_the_metric(one, other, capacity, activities):
    """A higher metric never leads to fewer tasks."""
    lower, higher = (
        decide(
            [CPU],
            {"cpu": minutes(80, 80, value)},
            capacity=capacity,
            bounds=Bounds(1, 40),
            activities=activities,
        ).capacity
        for value in sorted([one, other])
    )

    assert lower <= higher


@given(STEADY, st.integers(1, 20), ACTIVITIES, st.randoms(use_true_random=False))
def test_the_order_of_datapoints_does_not_matter(series, capacity, activities, random):
    """The same facts in another order give the same decision."""
    datapoints = minutes(*series)
    shuffled = random.sample(datapoints, len(datapoints))

    first, second = (
        decide([CPU], {"cpu": d}, capacity=capacity, bounds=Bounds(1, 20), activities=activities)
        for d in (datapoints, shuffled)
    )

    assert first == second


@given(VALUES, st.sets(st.integers(0, 16), max_size=2), st.integers(1, 20))
def test_one_or_two_missing_minutes_of_a_steady_metric_change_nothing(value, missing, capacity):
    """Older datapoints of the evaluation range stand in for them."""
    whole = [value] * 17
    gaps = [None if minute in missing else value for minute in range(17)]

    decisions = [decide([CPU], {"cpu": minutes(*series)}, capacity) for series in (whole, gaps)]

    assert decisions[0] == decisions[1]


@pytest.mark.parametrize(
    ("capacity", "deploying", "expected"),
    [
        (2, False, ("out", 3, "minimum capacity was set to 3")),
        (2, True, ("out", 3, "minimum capacity was set to 3")),
        (9, False, ("in", 6, "maximum capacity was set to 6")),
        (9, True, ("none", 9, "scale-in is off while a deployment is in progress")),
        (3, False, ("none", 3, "within the bounds")),
        (6, False, ("none", 6, "within the bounds")),
    ],
)
def test_new_bounds_correct_the_capacity(capacity, deploying, expected):
    """To the nearest that they allow, in AWS's words, and without a cooldown."""
    decision = into_bounds(capacity, Bounds(3, 6), deploying=deploying)

    assert (*expected, None) == (decision.kind, decision.capacity, decision.cause, decision.cooldown)
