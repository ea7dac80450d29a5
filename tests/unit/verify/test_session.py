from dataclasses import dataclass, replace
from typing import cast

import pytest

from tests.unit.verify.runs import autoscaling_run, moment
from verify import read_aws
from verify.aws_time import AwsTime
from verify.drive import Drive
from verify.keep_alive import IdleConnections
from verify.observe import Observer
from verify.session import DEAD_LETTERS, Session
from verify.target import Target
from verify.timeline import AlarmChange, Timeline

RANG, BACK = "ALARM", "OK"


def seen(*changes: tuple[str, str]) -> Timeline:
    """A timeline with alarms that changed so, a minute apart."""
    changed = [AlarmChange(moment(at), alarm, state) for at, (alarm, state) in enumerate(changes)]
    return replace(autoscaling_run().timeline, alarms=tuple(changed))


@dataclass
class Letters:
    """A dead-letter queue, and the alarms that are seen one look after the other."""

    count: int
    looks: list[Timeline]
    settled_at: list[list[str]]

    @property
    def clock(self) -> AwsTime:
        return AwsTime(0.25, moment(0))

    def timeline(self) -> Timeline:
        """What the next look shows; the last stays."""
        return self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]

    def settle(self) -> int:
        """Delete them all, and note which alarms had changed by then."""
        self.settled_at.append([change.alarm for change in self.looks[0].alarms])
        settled, self.count = self.count, 0
        return settled


@pytest.fixture
def letters(monkeypatch):
    """Ten dead letters of which nobody knows what became of their mails."""
    letters = Letters(10, [seen()], [])
    monkeypatch.setattr(read_aws, "dead_letters", lambda _target: letters.count)
    monkeypatch.setattr(read_aws, "settle_held_letters", lambda _target: letters.settle())
    return letters


@pytest.fixture
def session(letters):
    """A session that asks nobody but these."""
    return Session(
        cast("Target", letters),
        cast("Observer", letters),
        cast("Drive", letters),
        cast("IdleConnections", letters),
        0,
        (),
        lambda _text: None,
    )


def test_letters_stay_while_only_other_alarms_ring(session, letters):
    """Once they are deleted, their own alarm has nothing to go off for."""
    session.answer_alarm(seen(("queue-age", RANG), ("user-impact", RANG), ("mail-events-dead-letters", RANG)))
    assert 10 == letters.count
    assert 0 == session.held_letters


def test_letters_are_settled_once_their_own_alarm_rings(session, letters):
    """As their operator would, who is called by it."""
    session.answer_alarm(seen(("queue-age", RANG), (DEAD_LETTERS, RANG)))
    assert 0 == letters.count
    assert 10 == session.held_letters


def test_an_alarm_that_is_back_is_not_answered(session, letters):
    """It has been."""
    session.answer_alarm(seen((DEAD_LETTERS, RANG), (DEAD_LETTERS, BACK)))
    assert 10 == letters.count


def test_the_end_waits_for_the_letters_own_alarm_whatever_else_rings(session, letters):
    """It goes off some minutes after the letters came."""
    letters.looks = [
        seen(("queue-age", RANG)),
        seen(("queue-age", RANG), ("queue-age", BACK), (DEAD_LETTERS, RANG)),
        seen((DEAD_LETTERS, RANG), (DEAD_LETTERS, BACK)),
    ]
    session.settle_letters()
    assert 10 == session.held_letters
    assert DEAD_LETTERS in letters.settled_at[0]
