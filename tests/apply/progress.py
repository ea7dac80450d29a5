"""Progress of a rehearsal: what it does and how long that took, on the terminal and in its report."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from common.budget import budget
from tests.apply.budget import within

# A line now and then is a sign of life; a line for each resource is none that anybody reads.
_RESOURCES_A_LINE = 25

Say = Callable[[str], None]


class Progress:
    """Tells of phases, each of which has a budget.

    Args:
        report: Folder whose phases.txt says how long each took.
        say: Told of them as well.
    """

    def __init__(self, report: Path, say: Say) -> None:
        self._report = report
        self._say = say

    @contextmanager
    def phase(self, name: str, seconds: int) -> Iterator[None]:
        """Go through a phase.

        Args:
            name: What is done.
            seconds: Real seconds after which it hangs, before they are made to fit the machine.

        Raises:
            OverBudgetError: It takes longer.
        """
        allowed = round(budget(seconds))
        self._say(f"{name} (at most {allowed} s)")
        began = time.monotonic()
        try:
            with within(allowed, name):
                yield
        finally:
            took = f"{name}: {time.monotonic() - began:.0f} s"
            self._say(took)
            self._report.mkdir(parents=True, exist_ok=True)
            with (self._report / "phases.txt").open("a") as phases:
                phases.write(f"{took}\n")

    def now_and_then(self, text: str) -> None:
        """Tell of a resource such as "created 25 of 60: aws_lb", if many others have come before it."""
        number = text.split()[1]
        if number.isdecimal() and int(number) % _RESOURCES_A_LINE == 0:
            self._say(text)
