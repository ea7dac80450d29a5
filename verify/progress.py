"""Progress of a long fixture, on the terminal, past pytest's capture."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.status import Status

# Without a terminal nothing can be redrawn: a log wants a sign of life, not four lines a second, and fewer of
# them the longer the same thing is waited for: on AWS that may be half an hour.
_SECONDS_BETWEEN_LINES = 5.0
_SHARE_BETWEEN_LINES = 0.1
# Columns of the moving sign before the line.
_SPINNER = 2


class Progress:
    """One line that is redrawn on a terminal, or a line now and then in a log."""

    def __init__(self, console: Console, status: Status | None) -> None:
        self._console = console
        self._status = status
        self._began = time.monotonic()
        self._said_at = self._topic_at = 0.0
        self._topic = ""

    def __call__(self, text: str) -> None:
        """Say where things stand; the words before a colon are the topic."""
        elapsed = time.monotonic() - self._began
        line = f"{elapsed:5.0f} s  {text}"
        if self._status is not None:
            # Cut to one line: a line that wraps is redrawn with jumps.
            room = self._console.width - _SPINNER
            self._status.update(escape(line if len(line) <= room else f"{line[: room - 1]}…"))
            return
        topic = text.partition(":")[0]
        is_new = topic != self._topic
        if is_new:
            self._topic, self._topic_at = topic, elapsed
        pause = max(_SECONDS_BETWEEN_LINES, _SHARE_BETWEEN_LINES * (elapsed - self._topic_at))
        if is_new or elapsed - self._said_at >= pause:
            self._said_at = elapsed
            self._console.print(escape(line), soft_wrap=True)


@contextmanager
def progress(title: str) -> Iterator[Progress]:
    """Progress under a title, for as long as the context lasts."""
    console = Console(highlight=False)
    console.print(f"\n[bold]{escape(title)}[/]")
    if not console.is_terminal:
        yield Progress(console, None)
        return
    with console.status("") as status:
        yield Progress(console, status)
