"""Issues that we open ourselves, and find again by their label, their marker and their author."""

from github import GithubException
from github.Issue import Issue

from ops.github.asking import NOT_FOUND, UNPROCESSABLE, asking
from ops.github.repository import Repository

_COLOR = "b60205"
_WRITE = "issues: write"


def ours(repository: Repository, label: str, marker: str) -> list[Issue]:
    """Our own open issues, the oldest first.

    Args:
        repository: Where they are.
        label: Label that they have: one whose label somebody took off is theirs from then on.
        marker: Text that they begin with.

    Raises:
        GitHubError: GitHub does not say.
    """
    with asking("issues", "issues: read"):
        found = repository.there.get_issues(state="open", labels=[label])
        # GitHub lists pull requests as well.
        issues = [one for one in found if repository.is_ours(one, marker) and one.pull_request is None]
    return sorted(issues, key=lambda one: one.number)


def opened(repository: Repository, title: str, body: str, label: str, about: str) -> None:
    """Open an issue.

    Args:
        repository: Where.
        title: Its title.
        body: Its text.
        label: Its label, which is made if there is none.
        about: Sentence that a new label is described by.

    Raises:
        GitHubError: It cannot be opened.
    """
    with asking("an issue", _WRITE):
        try:
            _ = repository.there.get_label(label).color
        except GithubException as error:
            if error.status != NOT_FOUND:
                raise
            _make(repository, label, about)
        repository.there.create_issue(title, body=body, labels=[label])


def rewritten(issue: Issue, title: str, body: str) -> None:
    """Write an issue anew, of which nobody is notified.

    Raises:
        GitHubError: It cannot be written.
    """
    with asking(f"issue {issue.number}", _WRITE):
        issue.edit(title=title, body=body)


def told(issue: Issue, comment: str) -> None:
    """Comment on an issue, of which whoever watches it is notified.

    Raises:
        GitHubError: It cannot be written.
    """
    with asking(f"a comment on issue {issue.number}", _WRITE):
        issue.create_comment(comment)


def closed(issue: Issue, comment: str, reason: str) -> None:
    """Close an issue, with the reason as a comment.

    Args:
        issue: The issue.
        comment: Why.
        reason: "completed" or "not_planned", as GitHub has it.

    Raises:
        GitHubError: It cannot be written.
    """
    told(issue, comment)
    with asking(f"the end of issue {issue.number}", _WRITE):
        issue.edit(state="closed", state_reason=reason)


def _make(repository: Repository, label: str, about: str) -> None:
    """Make a label, unless somebody has done so just now."""
    try:
        repository.there.create_label(label, _COLOR, about)
    except GithubException as error:
        if error.status != UNPROCESSABLE:
            raise
