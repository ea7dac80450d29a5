import io

import pytest
from rich.console import Console

from verify import progress as module
from verify.progress import Progress


class FakeStatus:
    """The line that is redrawn."""

    def __init__(self) -> None:
        self.shown: list[str] = []

    def update(self, line):
        """Note it."""
        self.shown.append(line)


@pytest.fixture
def log():
    """What a console without a terminal wrote."""
    return io.StringIO()


def test_a_line_on_a_terminal_is_cut_to_its_width():
    """A line that wraps would be redrawn with jumps."""
    status = FakeStatus()
    say = Progress(Console(width=40, force_terminal=True, file=io.StringIO()), status)

    say("short")
    say("x" * 60)

    assert "    0 s  short" == status.shown[0]
    assert (38, "…") == (len(status.shown[1]), status.shown[1][-1])


def test_a_log_gets_a_line_when_the_topic_changes(log):
    """Words before a colon are the topic; more of the same waits."""
    say = Progress(Console(file=log, width=200), None)

    for text in ("high load: 1", "high load: 2", "load has dropped: 3"):
        say(text)

    assert ["high load: 1", "load has dropped: 3"] == [
        line.split("s  ")[1] for line in log.getvalue().splitlines()
    ]


def test_a_log_gets_a_sign_of_life(log, monkeypatch):
    """When nothing new happens for a while, the figures are said again."""
    monkeypatch.setattr(module, "_SECONDS_BETWEEN_LINES", 0.0)
    say = Progress(Console(file=log, width=200), None)

    say("high load: 1")
    say("high load: 2")

    assert 2 == len(log.getvalue().splitlines())


def test_markup_in_a_line_is_text(log):
    """A service's name may hold brackets."""
    Progress(Console(file=log, width=200), None)("[bold]x[/]")

    assert "[bold]x[/]" in log.getvalue()


def test_a_log_gets_fewer_lines_the_longer_the_same_is_waited_for(log, monkeypatch):
    """Half an hour of one figure is a page, and the next topic is told at once all the same."""
    now = iter([0.0, *range(1800), 1800.0, 1801.0])
    monkeypatch.setattr(module.time, "monotonic", lambda: float(next(now)))
    say = Progress(Console(file=log, width=200), None)

    for second in range(1800):
        say(f"high load: {second}")
    say("load has dropped: 0")

    lines = log.getvalue().splitlines()
    assert 20 < len(lines) < 60
    assert lines[-1].endswith("load has dropped: 0")
