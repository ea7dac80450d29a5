import json
from dataclasses import replace

import pytest
from rich.console import Console

from ops.exit_status import ExitStatus
from ops.plan_check.answer import judged
from ops.review.answer import Review
from tests.unit.ops.plan_check.planned import RESOURCES, changes

QUEUE = RESOURCES["queue"]["address"]
HARMLESS = Review("staging", judged(changes({"of": "nat", "action": "create"}), []))
DANGEROUS = Review("staging", judged(changes({"of": "queue", "action": "delete"}), []))
UNPLANNED = Review("staging", None, failure="terraform plan: no `credentials`")


def drawn(review):
    """A terminal that is wide enough."""
    console = Console(width=300)
    with console.capture() as text:
        console.print(review.drawn())
    return text.get()


@pytest.mark.parametrize(
    ("review", "status"),
    [
        (HARMLESS, ExitStatus.DONE),
        (DANGEROUS, ExitStatus.FOUND),
        (UNPLANNED, ExitStatus.UNKNOWN),
        (replace(HARMLESS, untold=("x",)), ExitStatus.UNKNOWN),
        (replace(DANGEROUS, untold=("x",)), ExitStatus.UNKNOWN),
    ],
)
def test_what_nobody_was_told_is_never_clean(review, status):
    """Nor is a plan that there is none of."""
    assert status == review.status


def test_all_forms_tell_what_is_dangerous_and_what_a_plan_does():
    """As plan-check does."""
    for text in (DANGEROUS.markdown(), drawn(DANGEROUS), json.dumps(DANGEROUS.data())):
        assert "1 thing is dangerous, at 1 address." in text
        assert "1 to destroy" in text
        assert json.dumps(QUEUE)[1:-1] in text or QUEUE in text
    assert DANGEROUS.markdown().startswith("## Plan of staging\n\n**1 thing is dangerous")
    assert "Costs more: 1 NAT gateway." in HARMLESS.markdown()


def test_all_forms_tell_why_there_is_no_plan():
    """In Markdown nothing of it is markup."""
    assert "**It could not be planned: terraform plan: no \\`credentials\\`**" in UNPLANNED.markdown()
    assert "It could not be planned: terraform plan: no `credentials`" in drawn(UNPLANNED)
    assert "It could not be planned: terraform plan: no `credentials`" == UNPLANNED.data()["verdict"]
    assert None is UNPLANNED.data()["plan"]


def test_a_first_apply_is_told_as_one():
    """Else somebody would take all of it for news."""
    first = replace(HARMLESS, is_first=True)
    for text in (first.markdown(), drawn(first)):
        assert "Nothing is out there yet" in text
    assert first.data()["is_first"]
    assert "Nothing is out there yet" not in HARMLESS.markdown() + drawn(HARMLESS)


def test_the_verdict_stands_beside_what_github_was_not_told():
    """Neither hides the other."""
    untold = replace(DANGEROUS, untold=("a comment: @octocat may not",))
    for text in (untold.markdown(), drawn(untold)):
        assert "1 thing is dangerous" in text
        assert "GitHub: a comment: @" in text
    assert "@octocat" not in untold.markdown()
    assert ["a comment: @octocat may not"] == untold.data()["untold"]
