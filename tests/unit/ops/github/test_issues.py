import pytest

from ops.github import issues
from ops.github.access import GitHubError
from tests.workflows.github_api import BOT

LABEL = "environment: staging"
MARKER = "<!-- ops x: staging;"
TEXT = f"{MARKER} -->\ntext"


def numbers(repository):
    """Issues that are ours."""
    return [one.number for one in issues.ours(repository, LABEL, MARKER)]


def test_ours_are_found_by_label_marker_and_author(api, repository):
    """The oldest first; a pull request is no issue, and a title says nothing."""
    given = {"labels": [LABEL], "title": "staging: drift"}
    first = api.issue(**given, body=TEXT)["number"]
    api.issue(**given, body=TEXT, user="somebody")
    api.issue(**given, body=f"see {TEXT}")
    api.issue(**given, body="<!-- ops x: production; -->")
    api.issue(**given, body=TEXT, state="closed")
    api.issue(**given, body=TEXT, pull_request=True)
    api.issue(**(given | {"labels": ["bug"]}), body=TEXT)
    second = api.issue(**given, body=TEXT)["number"]

    assert [first, second] == numbers(repository)


def test_all_of_them_are_found(api, repository):
    """GitHub gives a hundred at a time."""
    for _ in range(120):
        api.issue(labels=[LABEL], body="of somebody")
    number = api.issue(labels=[LABEL], body=TEXT)["number"]
    for _ in range(120):
        api.issue(labels=[LABEL], body="of somebody")

    assert [number] == numbers(repository)


@pytest.mark.parametrize("known", [True, False])
def test_an_issue_is_opened_with_its_label(api, repository, known):
    """Which is made if there is none."""
    if known:
        api.labels[LABEL] = {"color": "ffffff", "description": "given"}
    issues.opened(repository, "title", TEXT, LABEL, "about")

    made = api.issues[-1]
    assert ("title", TEXT, [LABEL], BOT) == tuple(made[name] for name in ("title", "body", "labels", "user"))
    about = (
        {"color": "ffffff", "description": "given"} if known else {"color": "b60205", "description": "about"}
    )
    assert {LABEL: about} == api.labels


def test_a_label_that_somebody_makes_meanwhile_is_taken(api, repository):
    """Two environments may be checked at the same time."""
    api.fail(422, "POST", "/labels$", message="Validation Failed")
    issues.opened(repository, "title", TEXT, LABEL, "about")

    assert [LABEL] == api.issues[-1]["labels"]


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/labels/"), ("POST", "/labels$"), ("POST", "/issues$")]
)
def test_an_issue_that_cannot_be_opened_is_told(api, repository, method, path):
    """With what the token lacks."""
    api.fail(403, method, path)

    with pytest.raises(GitHubError, match=r"an issue: .*a workflow's token needs issues: write"):
        issues.opened(repository, "title", TEXT, LABEL, "about")


def test_an_issue_is_closed_with_a_reason(api, repository):
    """As a comment, which whoever watches it is notified of."""
    number = api.issue(labels=[LABEL], body=TEXT)["number"]
    (one,) = issues.ours(repository, LABEL, MARKER)
    issues.closed(one, "why", "not_planned")

    assert ("closed", "not_planned") == (api.numbered(number)["state"], api.numbered(number)["state_reason"])
    assert [(BOT, "why")] == [(said["user"], said["body"]) for said in api.of(number)]


def test_an_issue_is_not_closed_without_its_reason(api, repository):
    """The next night tries again."""
    number = api.issue(labels=[LABEL], body=TEXT)["number"]
    (one,) = issues.ours(repository, LABEL, MARKER)
    api.fail(500, "POST", "/comments$")

    with pytest.raises(GitHubError, match=rf"a comment on issue {number}: "):
        issues.closed(one, "why", "completed")

    assert "open" == api.numbered(number)["state"]
