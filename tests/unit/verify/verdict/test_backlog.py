from dataclasses import replace

import pytest

from tests.unit.verify import runs
from verify.record import Mark, Request
from verify.timeline import Policy, QueueSample
from verify.verdict.backlog import (
    BURST,
    DRAINED,
    backlog_drained,
    backlog_steps,
    burst_accepted,
    cpu_alone_would_not_scale,
    sender_followed_backlog,
)

CHECKS = (sender_followed_backlog, backlog_steps, cpu_alone_would_not_scale, backlog_drained)


def backlog_run(desired=4, depth=9000, cause="backlog", minutes=20.0, cpu=20.0):
    """9,000 messages wait from minute 5 on; the sender goes from one task to four for them at minute 9."""
    run = runs.autoscaling_run()
    steps = [(0, 1), (9.0, desired)]
    policies = (Policy("cpu", runs.CPU, 70.0), Policy("backlog", "customized", 500.0))
    sender = runs.service(
        runs.SENDER,
        1,
        4,
        policies=policies,
        samples=runs.samples(steps, 38),
        cpu=runs.datapoints([cpu] * 38),
        activities=(runs.activity(9.0, desired, cause),),
    )
    queue = tuple(
        QueueSample(runs.real(minute), depth if 5 <= minute < minutes else 0, 0) for minute in range(38)
    )
    marks = (Mark(runs.real(5), BURST), Mark(runs.real(minutes), DRAINED))
    return replace(runs.with_timeline(run, sender=sender, queue=queue), marks=marks)


def test_a_backlog_that_is_worked_off_as_declared_passes():
    """⌈9000 / 500⌉ is 18, of which the maximum leaves four."""
    assert ["pass"] * 4 == [check(backlog_run()).outcome for check in CHECKS]


@pytest.mark.parametrize(("desired", "depth"), [(2, 9000), (3, 9000), (4, 900), (3, 600)])
def test_a_step_that_the_messages_do_not_give_fails(desired, depth):
    """Too few tasks for 9,000, too many for 900."""
    assert "fail" == backlog_steps(backlog_run(desired, depth)).outcome


def test_a_step_for_cpu_is_no_answer_to_a_backlog():
    """AWS's sentence on the step names the policy."""
    assert "fail" == sender_followed_backlog(backlog_run(cause="cpu")).outcome


def test_a_service_without_a_policy_on_its_backlog_fails():
    """By CPU alone it would stand there for as long as its relay is slow."""
    run = backlog_run()
    policies = run.timeline.sender.policies[:1]
    alone = runs.with_timeline(run, sender=replace(run.timeline.sender, policies=policies))

    assert "fail" == sender_followed_backlog(alone).outcome


def test_a_busy_sender_would_have_grown_by_its_cpu():
    """The scenario shows nothing then."""
    assert "fail" == cpu_alone_would_not_scale(backlog_run(cpu=80.0)).outcome


def test_a_queue_that_drains_too_late_fails():
    """At the end of minute 37, 32 minutes after."""
    check = backlog_drained(backlog_run(minutes=37.0))

    assert ("fail", "only after 32 minutes") == (check.outcome, check.detail)


@pytest.mark.parametrize(("kept", "detail"), [(BURST, "never empty again"), (DRAINED, "no notifications")])
def test_what_never_happened_fails(kept, detail):
    """A burst that nobody sent proves nothing, and one that stays is the defect."""
    run = backlog_run()
    marks = tuple(mark for mark in run.marks if mark.label == kept)

    assert detail in backlog_drained(replace(run, marks=marks)).detail


def batch(size, status=202, name="a"):
    """Requests that were one batch."""
    ids = [f"{name}-{number}" if status == 202 else "" for number in range(size)]
    return tuple(Request(runs.real(5), runs.real(5) + 1, status, id_, trace_id=name) for id_ in ids)


@pytest.mark.parametrize(
    ("batches", "outcome"),
    [
        (batch(100), "pass"),
        (batch(100, 429, "b") + batch(100), "pass"),
        (batch(99), "fail"),
        (batch(90) + batch(10, 503, "b"), "fail"),
        ((), "fail"),
    ],
)
def test_a_burst_is_accepted_as_a_whole(batches, outcome):
    """What was refused for now counts once it was accepted; the load beside it does not."""
    run = backlog_run()

    check = burst_accepted(replace(run, requests=(*run.requests, *batches), asked_at_once=100))

    assert outcome == check.outcome


def test_a_burst_of_nothing_shows_nothing():
    """A scenario that never asked cannot pass."""
    assert "fail" == burst_accepted(backlog_run()).outcome
