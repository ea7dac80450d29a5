"""Asks the health check through the load balancer while a candidate serves, since metrics do not read it.

A load balancer takes any 200 for healthy, whatever it says, and so do metrics
(https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html). Whoever
reads the answer, a monitor for one, does not.
"""

import threading
from collections import Counter
from types import TracebackType
from typing import Self

import httpx

from ops.exit_status import ExitStatus

PATH, STATUS, MEDIA_TYPE = "/healthz", 200, "text/plain"
"""The health check as the Notification API documents it."""

# A single one may be somebody else's: a firewall's, a proxy's.
_MIN_WRONG = 2
_SERVER_ERRORS = 500
_TIMEOUT_SECONDS = 5.0


class HealthProbe:
    """Asks again and again until the block is left; a context manager.

    Args:
        url: Where the load balancer answers.
        every_seconds: Real seconds between two questions.
    """

    status = ExitStatus.ROLLED_BACK_BAKE

    def __init__(self, url: str, every_seconds: float) -> None:
        self._url = url.rstrip("/") + PATH
        self._every = every_seconds
        self._left = threading.Event()
        self._thread = threading.Thread(target=self._run, name="health-probe", daemon=True)
        self._answers: Counter[str] = Counter()
        self._wrong: Counter[str] = Counter()
        self._error = ""

    def __enter__(self) -> Self:
        """Begin to ask."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it."""
        self._left.set()
        self._thread.join(2 * _TIMEOUT_SECONDS)

    def against(self) -> list[str]:
        """Reasons against the candidate."""
        return [
            f"the health check {PATH} was answered with {answer} {count} times of {self._answers.total()},"
            f" and not with {STATUS} {MEDIA_TYPE}, as is documented"
            for answer, count in self._wrong.most_common(1)
            if self._wrong.total() >= _MIN_WRONG
        ]

    def remarks(self) -> list[str]:
        """Remarks for whoever thinks that the health check was asked."""
        if self._answers or not self._error:
            return []
        return [f"the health check could not be asked at {self._url}: {self._error} (--url says where)"]

    def _run(self) -> None:
        with httpx.Client(timeout=_TIMEOUT_SECONDS) as client:
            while not self._left.wait(self._every):
                try:
                    answer = client.get(self._url)
                except httpx.HTTPError as error:
                    self._error = str(error) or type(error).__name__
                    continue
                self._take(answer)

    def _take(self, answer: httpx.Response) -> None:
        media_type = answer.headers.get("content-type", "").partition(";")[0].strip()
        told = f"{answer.status_code} {media_type}".strip()
        self._answers[told] += 1
        # Those are failed requests, which the load balancer counts itself.
        if answer.status_code < _SERVER_ERRORS and (answer.status_code, media_type) != (STATUS, MEDIA_TYPE):
            self._wrong[told] += 1
