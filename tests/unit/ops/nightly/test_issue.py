"""The issue of an environment, on GitHub's stand-in."""

from dataclasses import replace

import pytest

from ops.github.access import Access, GitHubError
from ops.nightly.issue import settle
from tests.unit.ops.nightly.halves import ALARM, REFUSED, RULE, UNPLANNED, drift, nightly, plan
from tests.workflows.github_api import BOT, MAX_BODY

LABEL = "environment: staging"


@pytest.fixture
def settled(api):
    """Settles one answer after the other, and gives all issues."""
    repository = Access.given().repository_there()

    def settled(*answers):
        for answer in answers:
            settle(repository, answer)
        return [one for one in api.issues if not one["pull_request"]]

    return settled


def comments(api, issue):
    """What was said on an issue."""
    return [one["body"] for one in api.of(issue["number"])]


def test_nothing_is_opened_where_nothing_is_found(settled):
    """Nor a label made."""
    assert [] == settled(nightly())


@pytest.mark.parametrize(
    ("answer", "title", "told"),
    [
        (nightly(drift(RULE)), "staging: drift", "aws_security_group.this"),
        (nightly(None, plan("queue")), "staging: a dangerous plan", "1 thing is dangerous"),
        (nightly(drift(failed=[REFUSED])), "staging: drift could not be told", "AccessDenied"),
        (nightly(None, UNPLANNED), "staging: the plan could not be judged", "no credentials"),
    ],
)
def test_an_issue_is_opened_for_what_is_found_or_could_not_be_told(settled, answer, title, told):
    """With the environment's label."""
    (issue,) = settled(answer)

    assert (title, [LABEL], "open", BOT) == tuple(
        issue[name] for name in ("title", "labels", "state", "user")
    )
    assert issue["body"].startswith("<!-- ops nightly: staging; ")
    assert told in issue["body"]


def test_an_issue_that_is_open_is_written_anew(settled, api):
    """Of a value that moves nobody is notified."""
    (issue,) = settled(nightly(drift(ALARM)), nightly(drift(replace(ALARM, actual="700.0"))))

    assert "700.0" in issue["body"]
    assert "500.0" not in issue["body"]
    assert [] == comments(api, issue)


def test_a_second_thing_does_not_hide_behind_the_first(settled, api):
    """Whoever watches the issue is notified of it, and of it alone, once."""
    both = nightly(drift(ALARM, RULE))
    (issue,) = settled(nightly(drift(ALARM)), both, both)

    (said,) = comments(api, issue)
    assert "Not found the night before:\n\n- `aws_security_group.this` `ingress[sgr-1]`\n" == said


@pytest.mark.parametrize(
    ("first", "then", "news"),
    [
        (nightly(drift(ALARM)), nightly(drift(ALARM), plan("queue")), 1),
        (nightly(drift(ALARM)), nightly(drift(ALARM), UNPLANNED), 1),
        (nightly(drift(ALARM)), nightly(drift(ALARM, failed=[REFUSED])), 1),
        (nightly(drift(failed=[REFUSED])), nightly(drift(failed=[replace(REFUSED, reason="other")])), 0),
        (nightly(None, UNPLANNED), nightly(None, replace(UNPLANNED, failure="other")), 0),
        (nightly(drift(ALARM, RULE)), nightly(drift(ALARM)), 0),
        (nightly(drift(ALARM), plan("queue")), nightly(drift(ALARM)), 0),
    ],
)
def test_only_what_is_new_is_news(settled, api, first, then, news):
    """Less is none, nor is another reason for the same."""
    (issue,) = settled(first, then)

    assert news == len(comments(api, issue))
    assert then.title == issue["title"]


def test_many_news_are_one_comment(settled, api):
    """Which does not list them all."""
    many = [replace(RULE, attribute=f"ingress[sgr-{number:03}]") for number in range(60)]
    (issue,) = settled(nightly(drift(ALARM)), nightly(drift(ALARM, *many)))

    (said,) = comments(api, issue)
    assert 50 == said.count("aws_security_group.this")
    assert said.endswith("- and 10 more\n")


def test_an_issue_is_closed_when_nothing_is_found_any_more(settled, api):
    """With a comment."""
    (issue,) = settled(nightly(drift(RULE)), nightly())

    assert ("closed", "completed") == (issue["state"], issue["state_reason"])
    assert ["Nothing is found any more."] == comments(api, issue)


@pytest.mark.parametrize("unknown", [nightly(drift(failed=[REFUSED])), nightly(None, UNPLANNED)])
def test_what_could_not_be_told_closes_nothing(settled, unknown):
    """It may be there still."""
    (issue,) = settled(nightly(drift(RULE)), unknown)

    assert "open" == issue["state"]


def test_a_closed_issue_is_not_opened_again(settled):
    """What is found later is another matter."""
    first, second = settled(nightly(drift(RULE)), nightly(), nightly(drift(RULE)))

    assert ("closed", "open") == (first["state"], second["state"])


def test_of_two_open_ones_the_older_stays(settled, api):
    """The other points at it."""
    marked = {"body": "<!-- ops nightly: staging; -->", "labels": [LABEL]}
    older, newer = api.issue(**marked), api.issue(**marked)
    settled(nightly(drift(RULE)))

    assert ("open", "closed", "not_planned") == (older["state"], newer["state"], newer["state_reason"])
    assert "aws_security_group.this" in older["body"]
    assert [f"It goes on in #{older['number']}."] == comments(api, newer)


def test_both_open_ones_are_closed_when_nothing_is_found(settled, api):
    """One as done, one as the same."""
    marked = {"body": "<!-- ops nightly: staging; -->", "labels": [LABEL]}
    older, newer = api.issue(**marked), api.issue(**marked)
    settled(nightly())

    assert (["completed"], ["not_planned"]) == ([older["state_reason"]], [newer["state_reason"]])


def test_anothers_issue_of_the_same_title_is_left_alone(settled, api):
    """Nor is another environment's ours."""
    theirs = api.issue("staging: drift", "<!-- ops nightly: staging; -->", user="somebody", labels=[LABEL])
    other = api.issue("staging: drift", "<!-- ops nightly: staging2; -->", labels=[LABEL])
    settled(nightly(drift(RULE)), nightly())

    assert ["open", "open"] == [theirs["state"], other["state"]]
    assert 3 == len([one for one in api.issues if not one["pull_request"]])


def test_an_issue_is_as_long_as_github_takes(settled, api):
    """However much is found; what was found the night before is remembered all the same."""
    many = [replace(RULE, attribute=f"ingress[sgr-{number:04}]") for number in range(1500)]
    (issue,) = settled(nightly(drift(*many)), nightly(drift(*many)))

    assert MAX_BODY - 500 < len(issue["body"]) <= MAX_BODY
    assert [] == comments(api, issue)


def test_what_github_refuses_is_told(settled, api):
    """In one line."""
    api.fail(403, "POST", "/issues$")

    with pytest.raises(GitHubError, match=r"an issue: GITHUB_TOKEN may not do that"):
        settled(nightly(drift(RULE)))
