"""The table of checks on the terminal, and in a log that has none."""

import os
from collections.abc import Iterator, Mapping

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from verify.report.findings import Findings
from verify.verdict.check import Check

STYLES = {"pass": "green", "fail": "bold red", "inconclusive": "bold yellow"}

LOG_COLUMNS = 120
"""Columns where there is no terminal to ask: what the log viewers of build servers show on a line."""


def console(environment: Mapping[str, str] = os.environ) -> Console:
    """The console to print to: as broad as the terminal, as COLUMNS says, or as a log can show."""
    found = Console(highlight=False)
    if found.is_terminal or environment.get("COLUMNS", "").isdigit():
        return found
    return Console(highlight=False, width=LOG_COLUMNS)


def table(findings: Findings) -> Group:
    """Every check with its outcome and figure, where the time went, and the verdict below."""
    # No frame: on 80 columns its strokes would cost the figures their line.
    checks = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    checks.add_column("check", no_wrap=True)
    checks.add_column("outcome", no_wrap=True)
    checks.add_column("figure")
    for finding in findings.found:
        checks.add_row()
        checks.add_row(Text(finding.title, style="bold"))
        for check in finding.checks:
            checks.add_row(*_cells(check))
    style = STYLES[findings.verdict]
    verdict = Text.assemble((findings.verdict.upper(), style), "  ", findings.sentence)
    return Group(checks, Text(), *_time(findings), verdict)


def _time(findings: Findings) -> Iterator[Text]:
    if findings.phases:
        told = ", ".join(f"{phase.name} {phase.seconds:.0f} s" for phase in findings.phases)
        yield Text(f"Time: {told}", style="dim")
        yield Text()


def _cells(check: Check) -> tuple[Text, Text, Text]:
    # Text, not markup: a figure may hold brackets.
    figure = Text(check.figure)
    if check.outcome != "pass":
        figure.append(f"\nexpected: {check.expectation}", style="dim")
        figure.append(f"\n{check.detail}", style=STYLES[check.outcome])
    return Text(f"  {check.name}"), Text(check.outcome, style=STYLES[check.outcome]), figure
