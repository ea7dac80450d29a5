from dataclasses import replace
from types import SimpleNamespace

import pytest

from tests.unit.verify import runs
from verify.scenario import Scenario, until_readable
from verify.verdict.check import Check


def check(outcome):
    """What a scenario came to."""
    return [Check("host_had_room", outcome, "", "", "the load generator was 9 s late")]


@pytest.fixture
def target():
    """A target whose clock can be slowed."""
    system = SimpleNamespace(clock=SimpleNamespace(minute_seconds=2.0))

    def slow_down(factor):
        system.clock.minute_seconds *= factor

    system.slow_down = slow_down
    return system


def attempts(target, *outcomes):
    """What came of a scenario with these outcomes, one an attempt, and which attempts were begun."""
    begun = []

    def run(attempt):
        begun.append(attempt)
        return SimpleNamespace(outcome=outcomes[attempt])

    judged = until_readable(
        "A scenario", target, run, lambda record: check(record.outcome), lambda _text: None
    )
    return judged, begun


@pytest.mark.parametrize("outcome", ["pass", "fail"])
def test_what_was_decided_is_not_tried_again(target, outcome):
    """A failure that a starved host cannot cause stands, as a pass does."""
    judged, begun = attempts(target, outcome)

    assert [0] == begun
    assert [] == judged.repeated
    assert 2.0 == target.clock.minute_seconds


def test_a_starved_attempt_is_repeated_with_longer_minutes(target):
    """What it took is said."""
    judged, begun = attempts(target, "inconclusive", "pass")

    assert [0, 1] == begun
    assert ["A scenario was repeated with AWS minutes of 4 s: the load generator was 9 s late."] == (
        judged.repeated
    )
    assert "pass" == judged.checks[0].outcome


def test_after_three_starved_attempts_it_is_inconclusive(target):
    """Nobody waits for a quiet host for ever."""
    judged, begun = attempts(target, *["inconclusive"] * 4)

    assert [0, 1, 2] == begun
    assert "inconclusive" == judged.checks[0].outcome
    assert 8.0 == target.clock.minute_seconds


def test_where_no_clock_can_be_slowed_nothing_is_repeated(target):
    """On AWS a minute is a minute."""
    target.slow_down = None

    assert [0] == attempts(target, "inconclusive")[1]


def test_a_record_says_which_alarms_its_scenario_wants(target):
    """The verdict holds them against those that went off, and reads no scenario."""
    scenario = Scenario(
        title="A scenario",
        sentence="",
        settings=SimpleNamespace(eased=lambda attempt: attempt),
        run=lambda _target, _settings, _say: runs.autoscaling_run(),
        checks=(),
        alarms=("user-impact", "error-rate"),
        in_any_order=("error-rate",),
        may_go_off=("email-sender-cpu",),
    )

    record = scenario.recorded(target, 0, print)

    assert ("user-impact", "error-rate") == record.wanted_alarms
    assert ("error-rate",) == record.unordered_alarms
    assert ("email-sender-cpu",) == record.possible_alarms


@pytest.mark.parametrize(
    ("held", "wanted", "possible"),
    [(0, (), ()), (3, ("dead-letters",), ("send-failure-rate", "user-impact"))],
)
def test_mails_that_a_killed_task_had_in_hand_may_ring(target, held, wanted, possible):
    """How many they are is how busy the machine is; without any, nothing may ring for them."""
    scenario = Scenario(
        title="A scenario",
        sentence="",
        settings=SimpleNamespace(eased=lambda attempt: attempt),
        run=lambda _target, _settings, _say: replace(runs.autoscaling_run(), held_letters=held),
        checks=(),
        alarms=("dead-letters",),
    )

    record = scenario.recorded(target, 0, print)

    assert (wanted, possible) == (record.wanted_alarms, record.possible_alarms)
