"""A repository on GitHub: who asks, and the comments and labels of its pull requests."""

import logging
from functools import cached_property

import github.Repository
from github import Auth, Github, GithubException, set_log_level
from github.GithubRetry import GithubRetry
from github.Issue import Issue
from github.IssueComment import IssueComment

from ops.github.access import Access
from ops.github.asking import FORBIDDEN, asking, is_limit

ACTIONS = "github-actions[bot]"
"""Login of the token that GitHub Actions gives to a workflow."""

_TIMEOUT_SECONDS = 30
_TRIES = 3
_FIRST_PAUSE_SECONDS = 1.0
# Longer than this nobody waits for a limit to be lifted.
_MAX_PAUSE_SECONDS = 60
_PAGE = 100


class Repository:
    """A repository, as whoever has the token may see and change it.

    Args:
        access: Which one, and the token.
    """

    def __init__(self, access: Access) -> None:
        # It tells each refusal on the standard error, one among them with which every workflow is answered.
        set_log_level(logging.ERROR)
        # What creates something is not tried again: GitHub may have done it before it failed.
        retry = GithubRetry(
            total=_TRIES,
            backoff_factor=_FIRST_PAUSE_SECONDS,
            allowed_methods=frozenset({"DELETE", "GET", "PATCH"}),
            max_rate_limit_wait=_MAX_PAUSE_SECONDS,
            retry_after_max=_MAX_PAUSE_SECONDS,
            raise_on_status=False,
        )
        self._github = Github(
            auth=Auth.Token(access.token),
            base_url=access.api_url,
            timeout=_TIMEOUT_SECONDS,
            per_page=_PAGE,
            retry=retry,
            # Pauses are for whoever writes much at a time.
            seconds_between_requests=None,
            seconds_between_writes=None,
        )
        self._name = access.repository

    @cached_property
    def there(self) -> github.Repository.Repository:
        """The repository as PyGithub has it; to be asked within `asking`."""
        return self._github.get_repo(self._name)

    @cached_property
    def logins(self) -> frozenset[str]:
        """Logins by which our own comments and issues are known: the token's user, and GitHub Actions.

        A token of GitHub Actions, as of any app, may not ask who it is.

        Raises:
            GitHubError: GitHub does not say.
        """
        with asking("who the token's user is"):
            try:
                return frozenset({ACTIONS, self._github.get_user().login})
            except GithubException as error:
                if error.status != FORBIDDEN or is_limit(error):
                    raise
                return frozenset({ACTIONS})

    def is_ours(self, one: Issue | IssueComment, marker: str) -> bool:
        """Whether we wrote a comment or an issue: it begins with our marker, which anybody may copy.

        Raises:
            GitHubError: GitHub does not say who we are.
        """
        if not (one.body or "").startswith(marker):
            return False
        # GitHub tells nobody of whoever has left it.
        return one.user is not None and one.user.login in self.logins

    def labels_of(self, pull_request: int) -> list[str]:
        """Names of a pull request's labels.

        Raises:
            GitHubError: There is none of this number, or it may not be seen.
        """
        with asking(f"labels of pull request {pull_request}", "pull-requests: read"):
            return [one.name for one in self.there.get_pull(pull_request).labels]

    def put_comment(self, pull_request: int, marker: str, body: str) -> None:
        """Write a comment on a pull request, in the place of the one that was written before.

        Args:
            pull_request: Its number.
            marker: Text that our own comment of this kind begins with; another's is left alone.
            body: The comment, which begins with the marker.

        Raises:
            GitHubError: It cannot be written.
        """
        with asking(f"a comment on pull request {pull_request}", "pull-requests: write"):
            pull = self.there.get_pull(pull_request)
            known = [one for one in pull.get_issue_comments() if self.is_ours(one, marker)]
            if not known:
                pull.create_issue_comment(body)
                return
            first, *others = known
            first.edit(body)
            # Two runs that began at the same time, of which neither saw the other's.
            for one in others:
                one.delete()
