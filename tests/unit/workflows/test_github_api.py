"""GitHub's stand-in, asked by the library that the commands use."""

import pytest
from github import Auth, Github, GithubException

from tests.workflows.github_api import BOT, MAX_BODY, REPOSITORY, TOKEN, GitHubApi


def repository(url, token=TOKEN):
    """The stand-in's repository, as PyGithub has it."""
    pauses = {"seconds_between_requests": None, "seconds_between_writes": None}
    return Github(auth=Auth.Token(token), base_url=url, retry=None, **pauses).get_repo(REPOSITORY)


@pytest.fixture
def api():
    """GitHub with an issue and a pull request."""
    with GitHubApi() as made:
        made.issue("First", labels=["a", "b"])
        made.pull_request("Second", labels=["a"])
        yield made


def test_lists_have_pages_and_filters(api):
    """More than a hundred, which is as much as GitHub gives at once."""
    for number in range(230):
        api.comment(1, f"text {number}")

    found = list(repository(api.url).get_issue(1).get_comments())

    assert [f"text {number}" for number in range(230)] == [one.body for one in found]
    assert ["First"] == [one.title for one in repository(api.url).get_issues(labels=["a", "b"])]
    assert ["Second", "First"] == [one.title for one in repository(api.url).get_issues(labels=["a"])]
    assert [] == list(repository(api.url).get_issues(state="closed"))


def test_an_issue_is_opened_changed_and_closed(api):
    """By the token's user."""
    issue = repository(api.url).create_issue("Third", body="x", labels=["new"])
    issue.edit(body="y", state="closed", state_reason="completed")
    issue.create_comment("z").edit("zz")

    assert (BOT, "y", "closed", ["new"]) == tuple(
        api.issues[-1][name] for name in ("user", "body", "state", "labels")
    )
    assert ["zz"] == [one["body"] for one in api.of(issue.number)]
    assert ["new"] == list(api.labels)


@pytest.mark.parametrize(
    ("ask", "status"),
    [
        (lambda at: at.get_issue(9).title, 404),
        (lambda at: at.get_pull(1).title, 404),
        (lambda at: at.get_label("none").color, 404),
        (lambda at: at.get_issue(1).create_comment("x" * (MAX_BODY + 1)), 422),
        (lambda at: at.create_label("x" * 51, "ededed"), 422),
    ],
)
def test_what_github_refuses_is_refused(api, ask, status):
    """As it would."""
    with pytest.raises(GithubException) as refused:
        ask(repository(api.url))

    assert status == refused.value.status


def test_nobody_else_is_let_in(api):
    """By another token."""
    with pytest.raises(GithubException, match="401"):
        repository(api.url, "other")


def test_a_failure_stands_in_the_place_of_an_answer(api):
    """For as many requests as it is for."""
    api.fail(500, "POST", "/comments$", times=1)
    issue = repository(api.url).get_issue(1)
    with pytest.raises(GithubException, match="500"):
        issue.create_comment("lost")

    issue.create_comment("kept")

    assert ["kept"] == [one["body"] for one in api.comments]
