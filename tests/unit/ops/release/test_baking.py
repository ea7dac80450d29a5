"""A bake, minute by minute, by the time of the datapoints."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from ops.bake.evidence import Evidence, Figures, Latency, Minute, Side
from ops.bake.judge import Verdict
from ops.bake.settled import settled
from ops.bake.work import MAILS
from ops.release import baking
from ops.release.baking import Baking

MINUTE = timedelta(minutes=1)
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
OUTPUTS = {
    "aws_region": "eu-central-1",
    "environment": "staging",
    "cluster_name": "notifications",
    "notification_api": {"service_name": "notification-api", "target_group_arn": "stable"},
    "email_sender": {"service_name": "email-sender"},
    "canary": {
        "service_name": "canary",
        "target_group_arn": "canary",
        "alarms": ["a"],
        "weight": 50,
        "sender_service_name": "email-sender-canary",
        "sender_alarms": ["b"],
    },
}


class World:
    """CloudWatch whose newest datapoint is a minute newer after each wait, and what is read from it.

    Attributes:
        newest: End of the newest minute with requests.
        behind: By how much the sender's newest minute is older; None if there is none of it.
        step: Time between two waits.
    """

    def __init__(self):
        self.newest = NOON
        self.behind = timedelta()
        self.step = MINUTE
        self.waited = 0.0
        self.read = []

    def sleep(self, seconds):
        """Wait."""
        self.waited += seconds
        self.newest += self.step

    def client(self, _name):
        """All clients at once."""
        return SimpleNamespace(
            describe_target_groups=lambda **_: {
                "TargetGroups": [{"LoadBalancerArns": ["arn:aws:…:loadbalancer/app/n/1"]}]
            },
            get_metric_data=self._newest,
        )

    def _newest(self, MetricDataQueries, **_):  # noqa: N803 - AWS's name
        [query] = MetricDataQueries
        if query["MetricStat"]["Metric"]["Namespace"] == "AWS/ApplicationELB":
            found = [self.newest - MINUTE]
        else:
            found = [] if self.behind is None else [self.newest - self.behind - MINUTE]
        return {"MetricDataResults": [{"Timestamps": found}]}


def good(begun, until, failed=0):
    """Both services' sides with 500 requests or mails a minute, as fast as each other."""
    starts = [begun + number * MINUTE for number in range((until - begun) // MINUTE)]
    latencies = [Latency(start, 500, 0.01, 0.02) for start in starts]
    canary, stable = (Side([Minute(start, 500, bad) for start in starts], latencies) for bad in (failed, 0))
    return Figures(
        [
            Evidence("notification-api", canary, stable),
            Evidence("email-sender", stable, stable, work=MAILS, minutes=len(starts)),
        ]
    )


@pytest.fixture
def world(monkeypatch):
    """Where time passes by waiting alone, and every minute is good."""
    made = World()
    monkeypatch.setattr(baking.time, "sleep", made.sleep)
    monkeypatch.setattr(baking.time, "monotonic", lambda: made.waited)
    give(made, monkeypatch, good)
    return made


def give(world, monkeypatch, figures):
    """Have these figures read."""

    def read(_session, _deployed, begun, until):
        world.read.append((begun, until))
        return figures(begun, until)

    monkeypatch.setattr(baking, "read", read)


def test_a_bake_is_as_long_as_it_is_to_be(world):
    """By the datapoints' time, from when the change is surely in all of them until they have settled."""
    baked = Baking(world, 10, print, 1.0)(OUTPUTS)

    assert Verdict.PASS is baked.verdict
    assert (NOON + 5 * MINUTE, NOON + 15 * MINUTE) == world.read[-1]
    assert 17 == world.waited


@pytest.mark.parametrize("quiet", [10, 150])
def test_it_begins_with_the_first_minute_that_comes_after_the_change(world, monkeypatch, quiet):
    """A newest minute of long ago says when there were requests, and not what time it is."""
    last = world.newest
    sleep = world.sleep

    def quiet_at_first(seconds):
        sleep(seconds)
        world.newest = NOON + int(world.waited) * MINUTE if world.waited > 2 else last

    monkeypatch.setattr(baking.time, "sleep", quiet_at_first)
    world.newest = last = NOON - quiet * MINUTE

    baked = Baking(world, 10, print, 1.0)(OUTPUTS)

    assert Verdict.PASS is baked.verdict
    assert (NOON + 7 * MINUTE, NOON + 17 * MINUTE) == world.read[-1]


def test_it_is_looked_at_every_minute(world):
    """Each look takes in one minute more, and none but the last can pass."""
    Baking(world, 10, print, 1.0)(OUTPUTS)

    ends = [until for _, until in world.read]
    assert [NOON + number * MINUTE for number in range(6, 16)] == ends


def test_the_newest_minutes_are_left_out_as_in_any_bake(world):
    """Their figures may not be complete: of one side, or of one metric."""
    seen = []
    Baking(world, 10, lambda _: seen.append(world.newest), 1.0)(OUTPUTS)

    looks = [until for _, until in world.read[:-1]]
    assert [settled(newest) for newest in seen] == looks
    assert {2 * MINUTE} == {newest - until for newest, until in zip(seen, looks, strict=True)}


def test_minutes_that_come_late_make_a_bake_no_longer(world):
    """Whoever looks away for a while does not compare more than was asked for."""
    world.step = 7 * MINUTE
    Baking(world, 10, print, 1.0)(OUTPUTS)

    assert (NOON + 11 * MINUTE, NOON + 21 * MINUTE) == world.read[-1]


@pytest.mark.parametrize(("behind", "waits"), [(0, 17), (3, 20), (9, 26), (10, 17), (60, 17), (None, 17)])
def test_mails_whose_figures_come_later_are_waited_for(world, behind, waits):
    """Unless they are so late that none come: no sender runs."""
    world.behind = None if behind is None else behind * MINUTE
    Baking(world, 10, print, 1.0)(OUTPUTS)

    assert waits == world.waited
    assert NOON + 15 * MINUTE == world.read[-1][1]


def test_without_a_canary_of_the_sender_requests_are_all_that_is_waited_for(world):
    """As an older root module has it."""
    world.behind = 5 * MINUTE
    canary = {name: value for name, value in OUTPUTS["canary"].items() if not name.startswith("sender")}
    Baking(world, 10, print, 1.0)({**OUTPUTS, "canary": canary})

    assert 17 == world.waited


def test_what_is_plainly_worse_ends_it_early(world, monkeypatch):
    """Users are not hurt for longer than it takes to see."""
    give(world, monkeypatch, lambda begun, until: good(begun, until, failed=250))

    baked = Baking(world, 10, print, 1.0)(OUTPUTS)

    assert Verdict.FAIL is baked.verdict
    assert world.waited < 10


@pytest.mark.parametrize("behind", [0, 5])
def test_figures_that_do_not_come_are_not_waited_for_for_ever(world, monkeypatch, behind):
    """Without requests there is nothing to compare."""
    world.step, world.behind = timedelta(), behind * MINUTE
    give(world, monkeypatch, lambda *_: Figures([Evidence("notification-api", Side(), Side())]))

    baked = Baking(world, 10, print, 60.0)(OUTPUTS)

    assert Verdict.NOT_ENOUGH is baked.verdict
    assert 10 * 60 < world.waited <= 30 * 60
