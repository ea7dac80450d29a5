import io

import pytest
from rich.console import Console

from tests.unit.verify.report.sessions import a_good_session, check, found
from verify.report.findings import Finding
from verify.report.phases import Phase
from verify.report.terminal import LOG_COLUMNS, console, table
from verify.scenarios import autoscaling, lost_task


def printed(findings, width=160):
    """What the terminal shows."""
    shown_on = Console(width=width, record=True, file=None, quiet=False)
    with shown_on.capture() as captured:
        shown_on.print(table(findings))
    return captured.get()


def test_the_table_holds_every_check_with_its_figure():
    """Whoever runs it reads the figures, not only the colours."""
    text = printed(a_good_session())

    assert all(rule in text for rule in (*autoscaling.SCENARIO.rules, *lost_task.SCENARIO.rules))
    assert "notification-api 2→3→5→6→2" in text
    assert "PASS  Every check passed." in text


def test_a_failed_check_tells_what_was_expected_and_what_broke_it():
    """On the terminal, without opening the report."""
    text = printed(found(Finding("s", [check("fail", detail="only one [of two]")])))

    assert "expected: two" in text
    assert "only one [of two]" in text
    assert "FAIL" in text


@pytest.mark.parametrize("width", [80, 100, LOG_COLUMNS])
def test_the_table_fits_the_terminal(width):
    """Names and outcomes stay whole on 80 columns, and a figure wraps below itself."""
    lines = printed(a_good_session(), width).splitlines()

    assert max(map(len, lines)) <= width
    column = lines[0].index("figure")
    rules = {line.split()[0]: line for line in lines if line.startswith("  ") and line.strip()}
    for rule in (*autoscaling.SCENARIO.rules, *lost_task.SCENARIO.rules):
        assert rules[rule][:column].split() == [rule, "pass"]
    assert "notification-api 2→3→5→6→2, email-sender" in rules["scale_out_steps"]


def test_an_inconclusive_session_says_that_it_is_no_pass():
    """In words."""
    assert "which is no pass" in printed(found(Finding("s", [check("inconclusive")])))


def test_the_time_is_told_phase_by_phase():
    """Where it went is asked after every run."""
    findings = found(Finding("s", [check("pass")]))
    findings.phases += [Phase("Bringing the stage up", 95.3), Phase("Lost tasks", 61.0)]

    assert "Time: Bringing the stage up 95 s, Lost tasks 61 s" in printed(findings)


@pytest.mark.parametrize(
    ("columns", "width"), [(None, LOG_COLUMNS), ("", LOG_COLUMNS), ("broad", LOG_COLUMNS), ("90", 90)]
)
def test_a_log_is_as_broad_as_it_is_read(monkeypatch, capsys, columns, width):
    """Without a terminal nothing says 80, unless a person says how many."""
    monkeypatch.setattr("sys.stdin", io.StringIO())
    monkeypatch.delenv("COLUMNS", raising=False)
    environment = {} if columns is None else {"COLUMNS": columns}
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    console(environment).print("x" * 300)

    assert width == len(capsys.readouterr().out.splitlines()[0])
