"""Access to GitHub's API, as GitHub Actions gives it to a step."""

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ops.errors import OpsError, UsageError

if TYPE_CHECKING:
    from ops.github.repository import Repository

# https://docs.github.com/en/actions/reference/workflows-and-actions/variables
_VARIABLES = ("GITHUB_TOKEN", "GITHUB_REPOSITORY", "GITHUB_API_URL")


class GitHubError(OpsError):
    """GitHub refused or did not answer, in one line."""


@dataclass(frozen=True)
class Access:
    """Repository, and who may speak with it.

    Attributes:
        token: Token that requests are made with.
        repository: The repository, as OWNER/NAME.
        api_url: Where the API is.
    """

    token: str = field(repr=False)
    repository: str
    api_url: str

    @classmethod
    def given(cls) -> "Access":
        """Access that the environment gives.

        Raises:
            UsageError: It lacks something, which the error names.
        """
        values = [os.environ.get(name, "").strip() for name in _VARIABLES]
        missing = [name for name, value in zip(_VARIABLES, values, strict=True) if not value]
        if missing:
            are = "is" if len(missing) == 1 else "are"
            raise UsageError(
                f"{', '.join(missing)} {are} not set: in a workflow, pass on the token; the others are there"
            )
        token, repository, api_url = values
        owner, _, name = repository.partition("/")
        if not owner or not name or "/" in name:
            raise UsageError(f"GITHUB_REPOSITORY is {repository}: give OWNER/NAME")
        if not api_url.startswith(("https://", "http://")):
            raise UsageError(f"GITHUB_API_URL is {api_url}: give an address such as https://api.github.com")
        return cls(token, repository, api_url.rstrip("/"))

    def repository_there(self) -> "Repository":
        """The repository; asks nothing yet.

        Raises:
            GitHubError: The library is not installed that speaks with GitHub.
        """
        try:
            from ops.github.repository import Repository  # noqa: PLC0415 - no other command needs PyGithub
        except ModuleNotFoundError:
            raise GitHubError(
                "PyGithub is not installed: tox run -q -e ops -- COMMAND installs it, and so does"
                " pip install -r requirements/ops.txt"
            ) from None
        return Repository(self)
