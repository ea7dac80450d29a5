import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.verify.fake_system import FakeSystem
from verify.disturb import disturbed
from verify.errors import LoadError
from verify.toxics import Toxic

SLOW, BROKEN = Toxic("latency", {"latency": 500}), Toxic("error", {"code": "ThrottlingException"}, 0.5)


@pytest.fixture
def told():
    """What the target was told to do to its dependencies."""
    return []


@pytest.fixture
def target(told):
    """A target that can be disturbed."""
    found = FakeSystem("", Path("mails.jsonl")).target()
    return replace(found, disturb=lambda dependency, toxics: told.append((dependency, tuple(toxics))))


def test_a_dependency_suffers_inside_the_block_and_not_after_it(target, told):
    """With an entry a toxic: what, how much, from when until when."""
    before = time.time()
    with disturbed(target, "sqs", SLOW, BROKEN) as entries:
        during = list(entries)

    assert [("sqs", (SLOW, BROKEN)), ("sqs", ())] == told
    assert [None, None] == [entry.ended_at for entry in during]
    assert [("latency", {"latency": 500, "toxicity": 1.0})] == [(entries[0].toxic, entries[0].settings)]
    assert [("error", {"code": "ThrottlingException", "toxicity": 0.5})] == [
        (entries[1].toxic, entries[1].settings)
    ]
    assert all(before <= entry.began_at <= entry.ended_at <= time.time() for entry in entries)


def test_it_is_healed_whatever_happens(target, told):
    """The next scenario must not suffer for this one."""
    with pytest.raises(KeyboardInterrupt), disturbed(target, "smtp", SLOW):
        raise KeyboardInterrupt

    assert ("smtp", ()) == told[-1]


def test_what_was_set_in_part_is_healed_too(target, told):
    """An error on the way there may have come after the effect."""

    def fail(dependency, toxics):
        told.append((dependency, tuple(toxics)))
        if toxics:
            raise OSError("no answer")

    with pytest.raises(OSError, match="no answer"), disturbed(replace(target, disturb=fail), "sqs", SLOW):
        pass

    assert [("sqs", (SLOW,)), ("sqs", ())] == told


def test_what_nobody_can_disturb_is_an_error_that_says_what_to_do(target):
    """On AWS there is nobody between a task and SQS."""
    with (
        pytest.raises(LoadError, match="sqs of fake cannot be disturbed: run the scenario on the stage"),
        disturbed(replace(target, disturb=None), "sqs", SLOW),
    ):
        pass
