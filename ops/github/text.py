"""Texts for comments and issues: with a marker that nobody sees, and as long as GitHub takes."""

import os

from ops.markdown import within

MAX_BODY = 65_536
"""Characters of a comment or of an issue's text."""

_CUT = (
    f"The rest is left out, since GitHub takes no more than {MAX_BODY:,} characters: all of it is in the"
    " summary of the run."
)
_RUN = ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")


def body(marker: str, text: str) -> str:
    """A text that is found again by its marker, and that names the run that it comes from.

    Args:
        marker: HTML comment that it begins with.
        text: Markdown.
    """
    end = f"\n\n{run}\n" if (run := _run()) else "\n"
    return within(f"{marker}\n{text.rstrip()}", MAX_BODY - len(end), _CUT) + end


def _run() -> str:
    """Link to the run of GitHub Actions that this is a part of; empty if it is none."""
    server, repository, number = (os.environ.get(name, "") for name in _RUN)
    if not (server and repository and number.isdigit()):
        return ""
    return f"From [run {number}]({server}/{repository}/actions/runs/{number})."
