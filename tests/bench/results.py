"""All that a run has found, and its forms: JSON, a table for documents, a table for terminals."""

import json
import math
import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from rich.console import Group
from rich.table import Table
from rich.text import Text

from tests.bench.figures import Summary
from tests.bench.measure.calls import Calls
from tests.bench.targets import Target, judge

COMMAND = "tox -e bench -- --write"
_COSTS = ("", "{unit}/s per vCPU", "lowest to highest", "CPU each", "p50", "p99")
_CALLS = ("requests/s", "send", "receive", "delete", "all", "p50", "p99", "mail p50", "mail p99")
_TARGETS = ("target", "", "measured", "")

Rows = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Results:
    """What was measured; what was left out is empty.

    Attributes:
        api: Candidates of the Notification API by name.
        sender: Candidates of the Email Sender by name.
        calls: SQS requests, by rate.
    """

    api: Mapping[str, Summary] = field(default_factory=dict)
    sender: Mapping[str, Summary] = field(default_factory=dict)
    calls: Sequence[Calls] = ()

    @property
    def targets(self) -> list[Target]:
        """What has to be reached, and whether it was."""
        return judge(self.api, self.sender, self.calls)

    def write(self, folder: Path) -> Path:
        """Write `results.json`; where it is."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "results.json"
        document = {
            "machine": {
                "cores": os.cpu_count(),
                "processor": platform.machine(),
                "python": platform.python_version(),
            },
            "api": [asdict(each) for each in self.api.values()],
            "sender": [asdict(each) for each in self.sender.values()],
            "sqs_requests": [{**asdict(each), "total": each.total} for each in self.calls],
            "targets": [{**asdict(each), "met": each.met} for each in self.targets],
        }
        path.write_text(json.dumps(document, indent=2) + "\n")
        return path

    def markdown(self) -> str:
        """Tables for a document, with the command that makes them."""
        parts = []
        for title, head, rows in self._tables():
            lines = [f"**{title}**", "", _line(head), _line(["---"] * len(head)), *map(_line, rows)]
            parts.append("\n".join(lines))
        parts.append(f"Measured with `{COMMAND}` on {os.cpu_count()} cores.")
        return "\n\n".join(parts)

    def terminal(self) -> Group:
        """Tables for a person who waits."""
        shown: list[Table | Text] = []
        for title, head, rows in self._tables():
            table = Table(
                title=title,
                title_justify="left",
                title_style="bold",
                box=None,
                padding=(0, 1),
                header_style="dim",
            )
            for place, column in enumerate(head):
                table.add_column(column, justify="left" if place == 0 else "right", no_wrap=place == 0)
            for row in rows:
                # Text, not markup: a cell may hold brackets.
                table.add_row(*map(Text, row))
            shown += [table, Text()]
        return Group(*shown)

    def _tables(self) -> Iterator[tuple[str, Sequence[str], Rows]]:
        if self.api:
            yield "Notification API", _costs("requests"), _cost_rows(self.api)
        if self.sender:
            yield "Email Sender", _costs("mails"), _cost_rows(self.sender)
        if self.calls:
            yield "SQS requests for one notification", _CALLS, [_call_row(each) for each in self.calls]
        if targets := self.targets:
            yield "Targets", _TARGETS, [_target_row(each) for each in targets]


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _costs(unit: str) -> list[str]:
    return [column.format(unit=unit) for column in _COSTS]


def _cost_rows(found: Mapping[str, Summary]) -> Rows:
    return [
        (
            each.name,
            f"{each.per_vcpu:,.0f}",
            f"{each.lowest:,.0f} to {each.highest:,.0f}",
            f"{each.cpu_micros:,.0f} \u00b5s",
            _milliseconds(each.p50),
            _milliseconds(each.p99),
        )
        for each in found.values()
    ]


def _milliseconds(time: float) -> str:
    """A time; a dash where nobody waited."""
    return "\u2013" if math.isnan(time) else f"{time:,.1f} ms"


def _call_row(each: Calls) -> Sequence[str]:
    return (
        f"{each.offered:,.0f}" + ("" if each.kept_up else f" ({each.reached:,.0f} reached)"),
        *(f"{number:.2f}" for number in (each.send, each.receive, each.settle, each.total)),
        *(f"{time:,.0f} ms" for time in (each.p50, each.p99, each.mail_p50, each.mail_p99)),
    )


def _target_row(target: Target) -> Sequence[str]:
    bound = f"at {'most' if target.is_most else 'least'} {target.bound:.2f}"
    return target.name, bound, f"{target.figure:.2f}", "met" if target.met else "missed"
