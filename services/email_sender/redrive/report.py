"""Progress and summary of a redrive, for its operator."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from email_sender.redrive.judge import Verdict

_LETTERS_A_LINE = 50

Tally = Counter[Verdict]


@contextmanager
def shown_progress(console: Console, total: int) -> Iterator[Callable[[Tally], None]]:
    """Show the tally inside the block: as a bar on a terminal, as a line every 50 letters elsewhere.

    Args:
        console: Where to.
        total: About how many letters there are; SQS does not know exactly.
    """
    if not console.is_terminal:
        yield _Lines(console, total)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("dead letters", total=total)

        def show(tally: Tally) -> None:
            progress.update(bar, completed=tally.total(), total=max(total, tally.total()))

        yield show


def summary(tally: Tally, *, dry_run: bool) -> Table:
    """Number of letters of each verdict, in the order in which verdicts are declared."""
    title = "what would become of the dead letters" if dry_run else "what became of the dead letters"
    table = Table(title=title, title_justify="left")
    table.add_column("letters", justify="right")
    table.add_column("verdict")
    for verdict in Verdict:
        if tally[verdict]:
            table.add_row(str(tally[verdict]), verdict.value)
    return table


class _Lines:
    """Progress for a log."""

    def __init__(self, console: Console, total: int) -> None:
        self._console = console
        self._total = total
        self._next = _LETTERS_A_LINE

    def __call__(self, tally: Tally) -> None:
        seen = tally.total()
        if seen >= self._next:
            self._next = seen - seen % _LETTERS_A_LINE + _LETTERS_A_LINE
            self._console.print(
                f"looked at {seen} of about {max(self._total, seen)}: {tally[Verdict.MOVED]} moved",
                highlight=False,
            )
