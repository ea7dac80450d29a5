"""Issues, pull requests, comments and labels that GitHub's stand-in has."""

import json
from pathlib import Path
from typing import Any

BOT = "github-actions[bot]"
"""Login of the token that a workflow has."""

Record = dict[str, Any]

_KEPT = ("comments", "issues", "labels")


class Records:
    """Records of a repository, as plain dicts.

    Attributes:
        issues: `number`, `title`, `body`, `state`, `state_reason`, `labels` (names), `user` (login) and
            `pull_request` (whether it is one) of each.
        comments: `id`, `issue` (its number), `body` and `user` (login) of each.
        labels: `color` and `description` of each by its name.
    """

    def __init__(self) -> None:
        self.issues: list[Record] = []
        self.comments: list[Record] = []
        self.labels: dict[str, Record] = {}

    def issue(self, title: str = "Issue", body: str = "", *, user: str = BOT, **values: Any) -> Record:
        """Put an issue there, as somebody has opened it; gives its record.

        Args:
            title: Its title.
            body: Its text.
            user: Login of whoever opened it.
            values: Others of its values, such as `labels` or `state`.
        """
        made = {
            "number": 1 + max((one["number"] for one in self.issues), default=0),
            "title": title,
            "body": body,
            "state": "open",
            "state_reason": None,
            "labels": [],
            "user": user,
            "pull_request": False,
        } | values
        self.issues.append(made)
        return made

    def pull_request(self, title: str = "Pull request", **values: Any) -> Record:
        """Put a pull request there, as `issue` puts an issue."""
        return self.issue(title, **({"user": "somebody", "pull_request": True} | values))

    def comment(self, issue: int, body: str, user: str = BOT) -> Record:
        """Put a comment there, as somebody has written it; gives its record.

        Args:
            issue: Number of the issue or pull request.
            body: Its text.
            user: Login of whoever wrote it.
        """
        id_ = 1 + max((one["id"] for one in self.comments), default=1000)
        made = {"id": id_, "issue": issue, "body": body, "user": user}
        self.comments.append(made)
        return made

    def of(self, issue: int) -> list[Record]:
        """Comments of an issue or a pull request."""
        return [one for one in self.comments if one["issue"] == issue]

    def numbered(self, number: int) -> Record:
        """The issue or pull request of a number; empty if there is none."""
        return next((one for one in self.issues if one["number"] == number), {})

    def known(self, id_: int) -> Record:
        """The comment of an id; empty if there is none."""
        return next((one for one in self.comments if one["id"] == id_), {})

    def read(self, file: Path) -> None:
        """Have what a file has, if there is one."""
        if file.is_file():
            for name, value in json.loads(file.read_text(encoding="utf-8")).items():
                setattr(self, name, value)

    def write(self, file: Path) -> None:
        """Put all of it into a file; whoever reads finds the whole of one version or of the next."""
        beside = file.with_name(f"{file.name}.new")
        text = json.dumps({name: getattr(self, name) for name in _KEPT}, indent=2)
        beside.write_text(text + "\n", encoding="utf-8")
        beside.replace(file)
