"""A request that is made again because its answer was lost is answered as it was the first time."""

import logging
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Any

from common.budget import budget

_INVOCATION = "HTTP_AMZ_SDK_INVOCATION_ID"
# A repetition comes within seconds of what it repeats.
_MAX_KEPT = 1000
_WAIT_SECONDS = 60.0

_log = logging.getLogger(__name__)

Environ = Mapping[str, Any]
Wsgi = Callable[[Any, Any], Iterable[bytes]]


@dataclass
class _Answer:
    """Answer to an invocation; `done` is set once it is known."""

    done: Event = field(default_factory=Event)
    status: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    @property
    def is_kept(self) -> bool:
        """Whether it is worth repeating: what failed may succeed the next time."""
        return self.status.startswith("2")


class Repeats:
    """WSGI middleware. AWS's SDKs give every attempt of one call the same `amz-sdk-invocation-id`.

    A connection may break between a change and its answer, and the SDK then asks for the change again.
    AWS answers such an attempt with an error now and then, `InvalidPermission.Duplicate` among them, and
    Terraform fails; a rehearsal should not depend on that.

    Args:
        application: Answers every request the first time.
    """

    def __init__(self, application: Wsgi) -> None:
        self._application = application
        self._answers: OrderedDict[str, _Answer] = OrderedDict()
        self._lock = Lock()

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""
        invocation = environ.get(_INVOCATION)
        if not invocation:
            return self._application(environ, start_response)
        with self._lock:
            before = self._answers.get(invocation)
            answer = self._answers[invocation] = before or _Answer()
            self._answers.move_to_end(invocation)
            while len(self._answers) > _MAX_KEPT:
                self._answers.popitem(last=False)
        if before is not None and before.done.wait(budget(_WAIT_SECONDS)) and before.is_kept:
            _log.warning("asked again, answered as before: %s", environ.get("HTTP_AMZ_SDK_REQUEST", ""))
            start_response(before.status, before.headers)
            return [before.body]
        return self._ask(environ, start_response, answer)

    def _ask(self, environ: Environ, start_response: Callable[..., Any], answer: _Answer) -> Iterable[bytes]:
        def keep(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            answer.status, answer.headers = status, list(headers)
            return start_response(status, headers, *rest)

        try:
            answer.body = b"".join(self._application(environ, keep))
        finally:
            answer.done.set()
        return [answer.body]
