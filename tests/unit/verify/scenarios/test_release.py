"""How long a release is baked, by the machine that it is rehearsed on."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from verify import release_course
from verify.aws_time import AwsTime
from verify.release_course import Settings
from verify.releasing import Wanted

SETTINGS = Settings((Wanted("1.1.0"),))


def target(load_factor, minute_seconds):
    """A system on such a machine."""
    return SimpleNamespace(load_factor=load_factor, clock=AwsTime(minute_seconds))


@pytest.mark.parametrize(("load_factor", "minute_seconds"), [(2.0, 2.0), (1.0, 2.0), (0.5, 2.0), (0.25, 4.0)])
def test_a_bake_sees_as_many_requests_on_a_slow_machine(load_factor, minute_seconds):
    """Where fewer are made, it takes longer; its tests take some minutes all the same."""
    minutes = release_course._bake_minutes(target(load_factor, minute_seconds), SETTINGS)  # noqa: SLF001

    requests = SETTINGS.bake_rate * load_factor * minute_seconds * minutes * len(SETTINGS.weights)
    assert SETTINGS.baked_requests <= requests
    assert SETTINGS.bake_minutes <= minutes


def test_a_starved_host_is_asked_for_less():
    """And so bakes for longer."""
    eased = SETTINGS.eased(1)

    assert eased.rate < SETTINGS.rate
    for name in ("bake_rate", "high_rate"):
        assert getattr(eased, name) < getattr(SETTINGS, name)
    rates = {name: getattr(SETTINGS, name) for name in ("rate", "bake_rate", "high_rate")}
    assert replace(eased, **rates) == SETTINGS
    slow = target(0.5, 2.0)
    assert release_course._bake_minutes(slow, eased) > release_course._bake_minutes(slow, SETTINGS)  # noqa: SLF001


def test_the_load_follows_the_release():
    """Only while a candidate carries its share of it there is more, and less again before it is promoted."""
    rates, told = [], []
    running = SimpleNamespace(set_rate=rates.append)
    follow = release_course._following(running, Settings((), rate=50.0, bake_rate=75.0), told.append)  # noqa: SLF001

    for text in (
        "looking whether the release can begin",
        "baking: 1.1.0 is out, 1.2.0 beside it gets 50 % of requests",
        "baking: 3 of 30 minutes",
        "baked; waiting for what goes on beside it",
        "promote",
    ):
        follow(text)

    assert [75.0, 50.0] == rates
    assert "release: promote" == told[-1]
