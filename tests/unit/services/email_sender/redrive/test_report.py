import io
from collections import Counter

from rich.console import Console

from email_sender.redrive.judge import Verdict
from email_sender.redrive.report import shown_progress, summary


def _console(**options):
    return Console(file=io.StringIO(), width=120, **options)


def test_a_log_gets_a_line_now_and_then():
    """Without a terminal every fiftieth letter or so is a line, and nothing is drawn."""
    console = _console(force_terminal=False)

    with shown_progress(console, 100) as progress:
        for seen in range(10, 131, 10):
            progress(Counter({Verdict.MOVED: seen - 5, Verdict.MALFORMED: 5}))

    assert [
        "looked at 50 of about 100: 45 moved",
        "looked at 100 of about 100: 95 moved",
    ] == console.file.getvalue().splitlines()


def test_a_terminal_gets_a_bar():
    """On a terminal the bar says how many of how many, also when there are more than SQS thought."""
    console = _console(force_terminal=True)

    with shown_progress(console, 10) as progress:
        progress(Counter({Verdict.MOVED: 12}))

    assert "12/12" in console.file.getvalue()


def test_summary_has_a_row_for_each_verdict_that_occurred():
    """Figures and words, without verdicts that no letter has."""
    console = _console()

    console.print(summary(Counter({Verdict.MALFORMED: 2, Verdict.MOVED: 31}), dry_run=False))

    text = console.file.getvalue()
    assert "what became of the dead letters" in text
    assert text.index("31") < text.index("malformed")
    assert "may have been sent" not in text


def test_summary_of_a_dry_run_says_so():
    """Nobody takes a rehearsal for the deed."""
    console = _console()

    console.print(summary(Counter({Verdict.MOVED: 1}), dry_run=True))

    assert "what would become of the dead letters" in console.file.getvalue()
