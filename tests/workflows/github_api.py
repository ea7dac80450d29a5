"""GitHub's REST API on this machine: issues, pull requests, their comments and labels.

`python -m tests.workflows.github_api --port 8000 --state FILE` runs it by itself: FILE holds what there is at
first, if it is there, and after each change what there is by then.
"""

import argparse
import re
import signal
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from types import FrameType
from typing import Any, Self

from flask import Flask, g, request
from werkzeug.exceptions import HTTPException
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.workflows.github_records import BOT, Record, Records
from tests.workflows.github_routes import MAX_BODY, MAX_LABEL, Routes, error

__all__ = ["BOT", "MAX_BODY", "MAX_LABEL", "REPOSITORY", "TOKEN", "GitHubApi"]

REPOSITORY = "example/notifications"
TOKEN = "ghs_of_the_stand_in"


class GitHubApi(Records):
    """GitHub with one repository, run in a thread by a context manager.

    Args:
        repository: The repository, as OWNER/NAME.
        token: Token that is let in; nobody else is.
        login: The token's user; None for an installation's token, as workflows have it, which may not ask.
        port: Where it listens; any free one by itself.
        state: File that is read at the start, if it is there, and written after each change.

    Attributes:
        requests: Method and path of each request, in their order.
        failures: Answers in the place of others, as `fail` puts them.
    """

    def __init__(
        self,
        repository: str = REPOSITORY,
        token: str = TOKEN,
        login: str | None = None,
        port: int = 0,
        state: Path | None = None,
    ) -> None:
        super().__init__()
        self.repository = repository
        self.token = token
        self.requests: list[tuple[str, str]] = []
        self.failures: list[Record] = []
        self._login = login
        self._port = port
        self._state = state
        self._one_at_a_time = threading.Lock()
        if state is not None:
            self.read(state)

    def __enter__(self) -> Self:
        """Listen."""
        self._server = make_server(
            "127.0.0.1", self._port, self._app(), threaded=True, request_handler=_Quiet
        )
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Where it listens: what a workflow finds as GITHUB_API_URL."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def environment(self) -> dict[str, str]:
        """What GitHub Actions puts into the environment of a step that speaks with the API."""
        return {
            "GITHUB_API_URL": self.url,
            "GITHUB_REPOSITORY": self.repository,
            "GITHUB_TOKEN": self.token,
        }

    def fail(
        self,
        status: int,
        method: str = ".*",
        path: str = ".*",
        *,
        message: str = "failed",
        headers: Mapping[str, str] | None = None,
        times: int | None = None,
    ) -> None:
        """Answer requests with an error.

        Args:
            status: Status of the answer.
            method: Regular expression of the methods that fail.
            path: Regular expression that is looked for in the paths that fail.
            message: Message of the answer.
            headers: Further headers of the answer.
            times: How many requests fail; all of them by itself.
        """
        told = {"status": status, "message": message, "headers": dict(headers or {})}
        self.failures.append(told | {"method": method, "path": path, "times": times})

    def _app(self) -> Flask:
        app = Flask(__name__)
        app.before_request(self._begin)
        app.teardown_request(self._end)
        app.register_error_handler(HTTPException, lambda met: error(met.code or 500, met.name))
        Routes(app, self, self.repository, self._login)
        return app

    def _begin(self) -> Any:
        self._one_at_a_time.acquire()
        g.held = True
        self.requests.append((request.method, request.path))
        if request.headers.get("Authorization") not in (f"token {self.token}", f"Bearer {self.token}"):
            return error(401, "Bad credentials")
        for one in self.failures:
            asked = re.fullmatch(one["method"], request.method) and re.search(one["path"], request.path)
            if asked and one["times"] != 0:
                one["times"] = None if one["times"] is None else one["times"] - 1
                return error(one["status"], one["message"], one["headers"])
        return None

    def _end(self, _error: BaseException | None) -> None:
        if g.pop("held", None):
            try:
                if self._state is not None and request.method != "GET":
                    self.write(self._state)
            finally:
                self._one_at_a_time.release()


class _Quiet(WSGIRequestHandler):
    """Requests that are not told on the standard error."""

    def log_request(self, *_arguments: object) -> None:
        """Say nothing."""


def main(arguments: list[str] | None = None) -> None:
    """Answer until this process is told to end."""
    parser = argparse.ArgumentParser(prog="python -m tests.workflows.github_api")
    parser.add_argument("--port", type=int, default=0, help="any free one by itself")
    parser.add_argument("--state", type=Path, help="file that holds issues, comments and labels")
    parser.add_argument("--repository", default=REPOSITORY, help=f"OWNER/NAME ({REPOSITORY})")
    parser.add_argument("--token", default=TOKEN, help="the only one that is let in")
    options = parser.parse_args(arguments)
    ended = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        ended.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    with GitHubApi(options.repository, options.token, port=options.port, state=options.state) as api:
        sys.stdout.write(f"{api.url}\n")
        sys.stdout.flush()
        ended.wait()


if __name__ == "__main__":
    main()
