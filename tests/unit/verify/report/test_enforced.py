from dataclasses import replace

import pytest

from stage.clock import Clock
from tests.unit.verify import runs
from tests.unit.verify.report import eventful
from tests.unit.verify.test_target import stage_with
from verify.record import Handled
from verify.report.enforced import Limits, enforced
from verify.target import from_stage

HELD, MEMORY = "tasks held to their CPU", "tasks held to their memory"


@pytest.fixture
def target():
    """A stage, as a scenario sees it."""
    return from_stage(stage_with(Clock()))


def rows(target, records=(), limits=Limits("cgroup-v2")):  # noqa: B008 - it is frozen
    """What was enforced, by name."""
    return {each.name: each for each in enforced(target, records, limits)}


@pytest.mark.parametrize(
    ("limits", "name", "yes", "how"),
    [
        (Limits("cgroup-v1"), HELD, True, "by the kernel, in a cgroup of version 1"),
        (Limits("duty-cycle"), HELD, True, "by stopping and continuing its processes"),
        (Limits("cgroup-v2"), MEMORY, False, "nothing holds them to it here"),
        (Limits("cgroup-v2", "by a watch"), MEMORY, True, "by a watch"),
        (None, HELD, True, "by Fargate itself"),
        (None, MEMORY, True, "by Fargate itself"),
    ],
)
def test_it_is_said_what_holds_tasks_to_their_limits(target, limits, name, yes, how):
    """A verdict on CPU is worth as much as the quota behind it."""
    row = rows(target, limits=limits)[name]

    assert yes is row.yes
    assert row.how.startswith(how)


def test_what_was_recorded_was_looked_at(target):
    """Mails with their contents, clocks of processes, logs of tasks, a plan made meanwhile."""
    record = replace(eventful.run(), handled=(Handled(0.0, "task", "trace", 202),), planned_changes=())
    found = rows(target, [record])

    for name in (
        "mails' recipients compared",
        "mails' contents compared",
        "process clocks read",
        "tasks' logs read",
        "plan made while scaled out",
    ):
        assert found[name].yes, name
    assert "240 readings of the kernel's own" == found["process clocks read"].how


def test_a_mail_is_counted_once(target):
    """A mailbox has the mails of the scenarios before it too, and each record has all of it."""
    first = runs.autoscaling_run()
    later = replace(first, mails=(*first.mails, *eventful.run().mails))

    row = rows(target, [first, later])["mailbox read"]

    assert f"{len(first.mails) + len(eventful.run().mails)} mails" == row.how


def test_what_was_not_recorded_was_not_looked_at(target):
    """An older record knows neither digests nor clocks, and says so instead of passing for more."""
    good = runs.autoscaling_run()
    older = replace(
        good,
        requests=tuple(replace(request, recipient="", digest="") for request in good.requests),
        mails=tuple(replace(mail, recipient="", digest="") for mail in good.mails),
        process_cpu=None,
        handled=None,
        planned_changes=None,
    )

    found = rows(target, [older])

    for name in (
        "mails' recipients compared",
        "mails' contents compared",
        "process clocks read",
        "tasks' logs read",
        "plan made while scaled out",
    ):
        assert not found[name].yes, name
        assert found[name].how


def test_what_nobody_can_do_to_a_target_was_not_done(target):
    """On AWS no signal reaches a task, and the mailbox is out of sight."""
    theirs = replace(target, kill_task=None, mail_log=None, plan_changes=None, host_namespace=None)
    names = {"tasks killed by SIGKILL", "mailbox read", "second plan made", "starved minutes told apart"}

    ours, others = rows(target), rows(theirs)

    assert {True} == {ours[name].yes for name in names}
    assert {False} == {others[name].yes for name in names}
