import json

import pytest
from rich.console import Console

from ops.exit_status import ExitStatus
from ops.plan_check.answer import judged
from ops.review.answer import Review
from tests.unit.ops.nightly.halves import ALARM, REFUSED, RULE, UNPLANNED, drift, nightly, plan
from tests.unit.ops.plan_check.planned import RESOURCES, changes


def drawn(answer):
    """A terminal that is wide enough."""
    console = Console(width=300)
    with console.capture() as text:
        console.print(answer.drawn())
    return text.get()


@pytest.mark.parametrize(
    ("answer", "status", "title"),
    [
        (nightly(), ExitStatus.DONE, "staging: nothing found"),
        (nightly(drift(RULE)), ExitStatus.FOUND, "staging: drift"),
        (nightly(None, plan("queue")), ExitStatus.FOUND, "staging: a dangerous plan"),
        (nightly(drift(RULE), plan("queue")), ExitStatus.FOUND, "staging: drift, a dangerous plan"),
        (nightly(drift(failed=[REFUSED])), ExitStatus.UNKNOWN, "staging: drift could not be told"),
        (nightly(None, UNPLANNED), ExitStatus.UNKNOWN, "staging: the plan could not be judged"),
        (nightly(drift(RULE), UNPLANNED), ExitStatus.UNKNOWN, "staging: drift, the plan could not be judged"),
        (
            nightly(drift(failed=[REFUSED]), plan("queue")),
            ExitStatus.UNKNOWN,
            "staging: drift could not be told, a dangerous plan",
        ),
        # A finding is certain whatever else could not be looked at, as for drift by itself.
        (nightly(drift(RULE, failed=[REFUSED])), ExitStatus.FOUND, "staging: drift"),
        (nightly(untold="x"), ExitStatus.UNKNOWN, "staging: nothing found"),
        (nightly(drift(RULE), untold="x"), ExitStatus.UNKNOWN, "staging: drift"),
    ],
)
def test_what_could_not_be_told_is_never_clean(answer, status, title):
    """And wins over what was found."""
    assert status == answer.status
    assert title == answer.title
    assert (title == "staging: nothing found") == answer.is_clean


def test_every_form_tells_both_halves():
    """Neither hides the other, nor what GitHub was not told."""
    answer = nightly(drift(RULE), plan("queue"), untold="an issue: @octocat may not")
    for text in (answer.markdown(), drawn(answer), json.dumps(answer.data())):
        assert "aws_security_group.this" in text
        assert "1 thing is dangerous, at 1 address." in text
        assert "an issue: " in text
    assert "@octocat" not in answer.markdown()
    assert "## Drift of staging: drift, 1 finding" in answer.markdown()
    assert "\n\n## Plan of staging\n" in answer.markdown()


def test_things_are_told_apart_by_what_they_are():
    """One of each, however many values they have."""
    things = nightly(drift(RULE, ALARM, failed=[REFUSED]), plan("queue", "table")).things()

    assert {
        "drift aws_security_group.this ingress[sgr-1]",
        "drift aws_cloudwatch_metric_alarm.errors threshold",
        "unknown roles",
    } < set(things)
    assert 2 == len([name for name in things if name.startswith("plan data ")])
    assert {"unplanned"} == set(nightly(None, UNPLANNED).things())
    assert {} == nightly().things()


def test_what_is_allowed_is_no_thing():
    """Nobody has to be told of it."""
    judgement = judged(changes({"of": "queue", "action": "delete"}), [RESOURCES["queue"]["address"]])

    assert {} == nightly(None, Review("staging", judgement)).things()
