"""The one issue of an environment: opened, written anew and closed by what a nightly check finds."""

import hashlib
import re
from collections.abc import Mapping

from github.Issue import Issue

from ops.github import issues
from ops.github.repository import Repository
from ops.github.text import body
from ops.nightly.answer import Nightly

_DIGITS = 8
# As many as leave most of an issue to what is found.
_MAX_DIGESTS = 2000
_MAX_SHOWN = 50


def settle(repository: Repository, nightly: Nightly) -> None:
    """Have an issue be open if anything was found or could not be told, and none if not.

    An issue that is open is written anew each night, of which nobody is notified. Whoever watches it is
    notified, by a comment, of what was not found the night before: a second thing must not hide behind the
    first, while a value that moves, or less of what is known, is no news.

    Args:
        repository: Where the issue is.
        nightly: What was found.

    Raises:
        GitHubError: GitHub refused, or did not answer.
    """
    label = f"environment: {nightly.environment}"
    begin = f"<!-- ops nightly: {nightly.environment};"
    found = issues.ours(repository, label, begin)
    known = found[0] if found else None
    for one in found[1:]:
        issues.closed(one, f"It goes on in #{found[0].number}.", "not_planned")
    if nightly.is_clean:
        if known is not None:
            issues.closed(known, "Nothing is found any more.", "completed")
        return
    things = {_digest(name): shown for name, shown in nightly.things().items()}
    text = body(f"{begin} {' '.join(sorted(things)[:_MAX_DIGESTS])} -->", nightly.markdown())
    if known is None:
        about = f"What is found in {nightly.environment} without anybody asking"
        issues.opened(repository, nightly.title, text, label, about)
        return
    before = _digests(known, begin)
    issues.rewritten(known, nightly.title, text)
    news = {name: shown for name, shown in things.items() if name not in before}
    if news:
        issues.told(known, body("", _told(news)).lstrip())


def _told(news: Mapping[str, str]) -> str:
    lines = ["Not found the night before:", "", *(f"- {shown}" for shown in list(news.values())[:_MAX_SHOWN])]
    more = len(news) - _MAX_SHOWN
    return "\n".join([*lines, *([f"- and {more} more"] if more > 0 else [])])


def _digests(issue: Issue, begin: str) -> set[str]:
    """Digests of all that was found when the issue was written last."""
    end = (issue.body or "").removeprefix(begin).partition("-->")[0]
    return set(re.findall(rf"\b[0-9a-f]{{{_DIGITS}}}\b", end))


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:_DIGITS]
