"""Looks for drift, again and again, while something else goes on."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from verify.released import DriftCheck

Ask = Callable[[], Mapping[str, Any]]


class Looks:
    """Looks for drift that go on in a thread.

    Args:
        made: Looks until now, oldest first; the thread adds to it.
        thread: The thread's end.
    """

    def __init__(self, made: Sequence[DriftCheck], thread: "Future[None]") -> None:
        self._made = made
        self._thread = thread

    @property
    def looks(self) -> Sequence[DriftCheck]:
        """Looks until now, oldest first."""
        return tuple(self._made)

    @property
    def clean(self) -> int:
        """How many of them told all and found nothing."""
        return sum(look.is_clean for look in self.looks)

    @property
    def goes_on(self) -> bool:
        """Whether there are still looks to come."""
        return not self._thread.done()


@contextmanager
def looking(ask: Ask) -> Iterator[Looks]:
    """Look from the block's begin until its end, and to the end of the look that is under way then.

    Args:
        ask: Asks `ops drift` for its answer.

    Raises:
        LoadError: A look had no answer.
    """
    stopped = threading.Event()
    made: list[DriftCheck] = []

    def look() -> None:
        while not stopped.is_set():
            made.append(looked(ask))

    with ThreadPoolExecutor(1, "drift-beside") as pool:
        thread = pool.submit(look)
        try:
            yield Looks(made, thread)
        finally:
            stopped.set()
        thread.result()


def looked(ask: Ask) -> DriftCheck:
    """One look.

    Args:
        ask: Asks `ops drift` for its answer.

    Raises:
        LoadError: It has none.
    """
    began_at = time.time()
    answer = ask()
    return DriftCheck(began_at, time.time(), tuple(_differing(answer)), tuple(_untold(answer)))


def _differing(answer: Mapping[str, Any]) -> Iterator[str]:
    for finding in answer["findings"]:
        yield f"{finding['resource']} {finding['attribute']}: {finding['actual']}"


def _untold(answer: Mapping[str, Any]) -> Iterator[str]:
    for failed in answer["failed"]:
        yield f"{failed['source']} could not be told: {failed['reason']}"
