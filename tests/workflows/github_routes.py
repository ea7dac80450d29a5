"""Answers of GitHub's REST API to what a workflow asks of issues, pull requests, comments and labels.

https://docs.github.com/en/rest/issues
"""

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, request

from tests.workflows.github_records import BOT, Record, Records

MAX_BODY = 65_536
"""Characters of a comment or of an issue's body; GitHub refuses more."""
MAX_LABEL = 50
"""Characters of a label's name."""
_PAGE = 30
_MAX_PAGE = 100
_NEW_LABEL = {"color": "ededed", "description": None}


class Routes:
    """Routes of a repository's part of the API.

    Args:
        app: Where they are declared.
        records: What there is, and what is changed.
        repository: The repository, as OWNER/NAME.
        login: The token's user; None for an installation's token, as workflows have it, which may not ask.
    """

    def __init__(self, app: Flask, records: Records, repository: str, login: str | None) -> None:
        self._records = records
        self._repository = repository
        self._login = login
        at, issue = f"/repos/{repository}", f"/repos/{repository}/issues/<int:number>"
        comment = f"/repos/{repository}/issues/comments/<int:id_>"
        routes: tuple[tuple[str, str, Callable[..., Any]], ...] = (
            ("GET", "/user", self._user),
            ("GET", at, lambda: {"full_name": repository, "url": self._at("")}),
            ("GET", f"{at}/pulls/<int:number>", self._get_pull_request),
            ("GET", f"{at}/issues", self._list_issues),
            ("POST", f"{at}/issues", self._open_issue),
            ("GET", issue, lambda number: self._issue(records.numbered(number))),
            ("PATCH", issue, self._edit_issue),
            ("GET", f"{issue}/comments", self._list_comments),
            ("POST", f"{issue}/comments", self._write_comment),
            ("GET", f"{issue}/labels", self._labels_of),
            ("POST", f"{issue}/labels", self._put_labels),
            ("DELETE", f"{issue}/labels/<path:name>", self._take_label),
            ("GET", comment, lambda id_: self._comment(records.known(id_))),
            ("PATCH", comment, self._edit_comment),
            ("DELETE", comment, self._delete_comment),
            ("GET", f"{at}/labels", lambda: _page([self._label(name) for name in records.labels])),
            ("POST", f"{at}/labels", self._make_label),
            ("GET", f"{at}/labels/<path:name>", self._get_label),
        )
        for method, path, answer in routes:
            app.add_url_rule(path, f"{method} {path}", answer, methods=[method])

    def _user(self) -> Any:
        if self._login is None:
            return error(403, "Resource not accessible by integration")
        return {"login": self._login}

    def _get_pull_request(self, number: int) -> Any:
        found = self._records.numbered(number)
        if not found.get("pull_request"):
            return error(404, "Not Found")
        of_issue = {"issue_url": self._at(f"/issues/{number}")}
        return self._issue(found) | {"url": self._at(f"/pulls/{number}")} | of_issue

    def _list_issues(self) -> Any:
        asked = request.args
        wanted = {name for name in asked.get("labels", "").split(",") if name}
        state, creator = asked.get("state", "open"), asked.get("creator")
        found = [
            self._issue(one)
            for one in self._records.issues
            if state in ("all", one["state"])
            and wanted <= set(one["labels"])
            and creator in (None, one["user"])
        ]
        # By their creation, the newest first, unless asked otherwise.
        return _page(found if asked.get("direction") == "asc" else found[::-1])

    def _open_issue(self) -> Any:
        asked = request.get_json()
        if not asked.get("title"):
            return error(422, "Validation Failed")
        if refused := _too_long(asked):
            return refused
        labels = list(asked.get("labels", []))
        for name in labels:
            self._records.labels.setdefault(name, dict(_NEW_LABEL))
        body = asked.get("body") or ""
        return self._issue(self._records.issue(asked["title"], body, user=self._me, labels=labels)), 201

    def _edit_issue(self, number: int) -> Any:
        found, asked = self._records.numbered(number), request.get_json()
        if refused := _too_long(asked):
            return refused
        if found:
            found |= {name: asked[name] for name in ("title", "body", "state", "labels") if name in asked}
        if found and "state" in asked:
            closed = asked["state"] == "closed"
            found["state_reason"] = asked.get("state_reason") or "completed" if closed else "reopened"
        return self._issue(found)

    def _list_comments(self, number: int) -> Any:
        if not self._records.numbered(number):
            return error(404, "Not Found")
        return _page([self._comment(one) for one in self._records.of(number)])

    def _write_comment(self, number: int) -> Any:
        asked = request.get_json()
        if not self._records.numbered(number):
            return error(404, "Not Found")
        if refused := _too_long(asked):
            return refused
        return self._comment(self._records.comment(number, asked["body"], self._me)), 201

    def _edit_comment(self, id_: int) -> Any:
        found, asked = self._records.known(id_), request.get_json()
        if refused := _too_long(asked):
            return refused
        if found:
            found["body"] = asked["body"]
        return self._comment(found)

    def _delete_comment(self, id_: int) -> Any:
        found = self._records.known(id_)
        if not found:
            return error(404, "Not Found")
        self._records.comments.remove(found)
        return "", 204

    def _labels_of(self, number: int) -> Any:
        found = self._records.numbered(number)
        return _page([self._label(name) for name in found["labels"]]) if found else error(404, "Not Found")

    def _put_labels(self, number: int) -> Any:
        found, asked = self._records.numbered(number), request.get_json()
        if not found:
            return error(404, "Not Found")
        names = asked if isinstance(asked, list) else asked["labels"]
        found["labels"] = list(dict.fromkeys([*found["labels"], *names]))
        return [self._label(name) for name in found["labels"]]

    def _take_label(self, number: int, name: str) -> Any:
        found = self._records.numbered(number)
        if name not in found.get("labels", []):
            return error(404, "Label does not exist")
        found["labels"].remove(name)
        return [self._label(one) for one in found["labels"]]

    def _get_label(self, name: str) -> Any:
        return self._label(name) if name in self._records.labels else error(404, "Not Found")

    def _make_label(self) -> Any:
        asked = request.get_json()
        name = asked["name"]
        if name in self._records.labels or len(name) > MAX_LABEL:
            return error(422, "Validation Failed")
        given = {key: asked[key] for key in _NEW_LABEL if key in asked}
        self._records.labels[name] = _NEW_LABEL | given
        return self._label(name), 201

    @property
    def _me(self) -> str:
        return self._login or BOT

    def _at(self, path: str) -> str:
        return f"{request.host_url}repos/{self._repository}{path}"

    def _page_of(self, issue: int) -> str:
        return f"https://github.com/{self._repository}/issues/{issue}"

    def _issue(self, one: Record) -> Any:
        if not one:
            return error(404, "Not Found")
        number = one["number"]
        shown = one | {
            "id": number,
            "user": {"login": one["user"]},
            "labels": [self._label(name) for name in one["labels"]],
            "url": self._at(f"/issues/{number}"),
            "html_url": self._page_of(number),
            "comments": len(self._records.of(number)),
        }
        if shown.pop("pull_request"):
            shown["pull_request"] = {"url": self._at(f"/pulls/{number}")}
        return shown

    def _comment(self, one: Record) -> Any:
        if not one:
            return error(404, "Not Found")
        return {
            "id": one["id"],
            "body": one["body"],
            "user": {"login": one["user"]},
            "url": self._at(f"/issues/comments/{one['id']}"),
            "html_url": f"{self._page_of(one['issue'])}#issuecomment-{one['id']}",
            "issue_url": self._at(f"/issues/{one['issue']}"),
        }

    def _label(self, name: str) -> Record:
        known = self._records.labels.get(name, _NEW_LABEL)
        return {"name": name, "url": self._at(f"/labels/{name}")} | known


def error(status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
    """An answer that refuses."""
    body = json.dumps({"message": message, "status": str(status)})
    return Response(body, status, dict(headers or {}), mimetype="application/json")


def _page(items: list[Any]) -> Response:
    """A page of a list, with the address of the next one.

    https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api
    """
    size = min(int(request.args.get("per_page", _PAGE)), _MAX_PAGE)
    number = int(request.args.get("page", 1))
    answer = Response(json.dumps(items[size * (number - 1) : size * number]), mimetype="application/json")
    if size * number < len(items):
        query = urlencode({**request.args, "page": number + 1, "per_page": size})
        answer.headers["Link"] = f'<{request.base_url}?{query}>; rel="next"'
    return answer


def _too_long(asked: Mapping[str, Any]) -> Response | None:
    if len(asked.get("body") or "") <= MAX_BODY:
        return None
    return error(422, f"Body is too long (maximum is {MAX_BODY} characters)")
