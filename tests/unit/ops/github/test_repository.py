"""A repository through PyGithub, with a stand-in for GitHub."""

import time

import pytest

from ops.github import repository as module
from ops.github.access import Access, GitHubError
from ops.github.repository import ACTIONS
from tests.workflows.github_api import TOKEN, GitHubApi

MARKER = "<!-- ops x: staging -->"
NEW = f"{MARKER}\nnew"
OLD = f"{MARKER}\nold"


def bodies(api):
    """Who said what on the pull request."""
    return [(one["user"], one["body"]) for one in api.of(7)]


def test_a_comment_is_written_where_there_is_none(api, repository):
    """By whoever has the token."""
    repository.put_comment(7, MARKER, NEW)

    assert [(ACTIONS, NEW)] == bodies(api)


def test_a_comment_is_written_in_the_place_of_the_last_one(api, repository):
    """However many comments there are before and after it: GitHub gives a hundred at a time."""
    for number in range(130):
        api.comment(7, f"text {number}", "somebody")
    api.comment(7, OLD)
    for number in range(130):
        api.comment(7, f"text {number}", "somebody")

    repository.put_comment(7, MARKER, NEW)

    assert [(ACTIONS, NEW)] == [one for one in bodies(api) if one[0] == ACTIONS]
    assert 261 == len(bodies(api))


def test_anothers_comment_is_left_alone(api, repository):
    """Whoever copies the marker has not written ours."""
    api.comment(7, OLD, "somebody")

    repository.put_comment(7, MARKER, NEW)

    assert [("somebody", OLD), (ACTIONS, NEW)] == bodies(api)


@pytest.mark.parametrize("other", ["<!-- ops x: production -->\nold", f"see {OLD}", ""])
def test_our_other_comments_are_left_alone(api, repository, other):
    """Those of another environment, and one that quotes."""
    api.comment(7, other)

    repository.put_comment(7, MARKER, NEW)

    assert [(ACTIONS, other), (ACTIONS, NEW)] == bodies(api)


def test_of_two_comments_one_is_left(api, repository):
    """Two runs may have begun at the same time."""
    api.comment(7, OLD)
    api.comment(7, OLD)

    repository.put_comment(7, MARKER, NEW)

    assert [(ACTIONS, NEW)] == bodies(api)


def test_a_persons_own_token_knows_its_own_comments(monkeypatch):
    """And those of GitHub Actions."""
    with GitHubApi(login="me") as api:
        api.pull_request(number=7)
        api.comment(7, OLD, "me")
        repository = Access(TOKEN, api.repository, api.url).repository_there()
        repository.put_comment(7, MARKER, NEW)

        assert [("me", NEW)] == bodies(api)
        assert frozenset({"me", ACTIONS}) == repository.logins


def test_the_library_says_nothing_of_its_own(api, repository, caplog):
    """That a workflow's token may not ask who it is, is no news."""
    api.comment(7, OLD)
    repository.put_comment(7, MARKER, NEW)

    assert ("GET", "/user") in api.requests
    assert [] == [one for one in caplog.records if one.name.startswith("github")]


def test_labels_are_those_of_the_pull_request(api, repository):
    """By their names."""
    api.issues[0]["labels"] = ["allow: a.b", "bug"]

    assert ["allow: a.b", "bug"] == repository.labels_of(7)


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        ((401, ".*", ".*"), "GitHub refuses GITHUB_TOKEN: it is wrong, or has expired"),
        (
            (403, "POST", "/comments$"),
            "GITHUB_TOKEN may not do that: failed; a workflow's token needs pull-requests: write",
        ),
        ((404, "GET", "/pulls/7$"), "GitHub knows no such thing, or GITHUB_TOKEN may not see it"),
        ((429, ".*", ".*"), "GitHub answers no more requests for now: try again later"),
        ((422, "POST", "/comments$"), "GitHub answers 422: failed"),
        ((500, "POST", "/comments$"), "GitHub answers 500: failed: try again later"),
        ((502, "GET", "/comments$"), "GitHub answers 502: failed: try again later"),
    ],
)
def test_a_refusal_is_one_line(api, repository, failure, told):
    """That says what was asked for, and what to do."""
    api.fail(*failure)

    with pytest.raises(GitHubError) as refused:
        repository.put_comment(7, MARKER, NEW)

    said = str(refused.value)
    assert told in said
    assert [said] == said.splitlines()
    assert TOKEN not in said


def test_an_issue_is_no_pull_request(api, repository):
    """GitHub counts both by the same numbers."""
    api.issue(number=8)

    with pytest.raises(GitHubError, match=r"labels of pull request 8: GitHub knows no such thing"):
        repository.labels_of(8)


def test_what_fails_for_a_moment_is_asked_again(api, repository):
    """And what is changed is changed again, to the same."""
    api.comment(7, OLD)
    api.fail(502, "GET", "/comments$", times=2)
    api.fail(500, "PATCH", times=2)

    repository.put_comment(7, MARKER, NEW)

    assert [(ACTIONS, NEW)] == bodies(api)


def test_what_creates_something_is_not_tried_twice(api, repository):
    """GitHub may have done it before it failed."""
    api.fail(500, "POST", times=1)

    with pytest.raises(GitHubError):
        repository.put_comment(7, MARKER, NEW)

    assert 1 == [method for method, _ in api.requests].count("POST")


def test_a_limit_that_lasts_is_told_and_not_waited_for(api, repository):
    """With the time from which it is no more."""
    reset = int(time.time()) + 1800
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(reset)}
    api.fail(403, message="API rate limit exceeded for installation ID 1.", headers=headers)

    with pytest.raises(GitHubError) as refused:
        repository.labels_of(7)

    again = time.strftime("%H:%M", time.gmtime(reset))
    told = f"GitHub answers no more requests for now: try again after {again} UTC"
    assert f"labels of pull request 7: {told}" == str(refused.value)


def test_a_limit_that_ends_soon_is_waited_for(api, repository):
    """As long as GitHub says."""
    message = "You have exceeded a secondary rate limit."
    api.fail(403, message=message, headers={"Retry-After": "0"}, times=1)

    assert [] == repository.labels_of(7)


def test_a_limit_is_not_taken_for_a_token_that_may_not_ask_who_it_is(api, repository):
    """Else another user's own comments would not be known, and there would be two."""
    api.comment(7, OLD, "me")
    api.fail(403, path="^/user$", message="API rate limit exceeded for user ID 1.")

    with pytest.raises(GitHubError, match=r"who the token's user is: .* no more requests"):
        repository.put_comment(7, MARKER, NEW)

    assert [("me", OLD)] == bodies(api)


def test_who_the_user_is_has_to_be_known(api, repository):
    """Unless GitHub says that such a token may not ask: else a user's own comments would not be known."""
    api.comment(7, OLD, "me")
    api.fail(500, path="^/user$")

    with pytest.raises(GitHubError, match=r"who the token's user is: GitHub answers 500"):
        repository.put_comment(7, MARKER, NEW)

    assert [("me", OLD)] == bodies(api)


def test_a_long_message_of_github_is_one_short_line(api, repository):
    """A proxy on the way may answer with a page of its own."""
    api.fail(502, "GET", "/pulls/7$", message="<html>\n" * 1000)

    with pytest.raises(GitHubError) as refused:
        repository.labels_of(7)

    assert 1 == len(str(refused.value).splitlines())
    assert 300 > len(str(refused.value))


def test_nobody_who_answers_is_told(monkeypatch):
    """Where it was looked for."""
    monkeypatch.setattr(module, "_FIRST_PAUSE_SECONDS", 0.0)
    with GitHubApi() as api:
        url = api.url
    repository = Access(TOKEN, "a/b", url).repository_there()

    with pytest.raises(GitHubError, match=r"GitHub cannot be reached: .*127.0.0.1"):
        repository.labels_of(7)
