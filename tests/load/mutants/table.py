"""What became of the planted faults, as counts and as a table."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from common.shared_files import write_whole
from tests.marked import with_text

PLACE = "planted faults"
# Of these, a check could have said something.
_VALID = ("killed", "misnamed", "survived")

Told = Mapping[str, Any]


def known(report: Path) -> dict[str, Any]:
    """Outcomes of earlier runs, by the name of the fault: there are more than one run has time for."""
    return dict(json.loads(report.read_text())) if report.exists() else {}


def share(outcomes: Sequence[Told]) -> float:
    """Part of the faults that a check has named; none of none."""
    valid = [one for one in outcomes if one["verdict"] in _VALID]
    return sum(one["verdict"] == "killed" for one in valid) / len(valid) if valid else 0.0


def counted(outcomes: Sequence[Told]) -> str:
    """How many there are of each verdict, and the share."""
    verdicts = Counter(one["verdict"] for one in outcomes)
    said = ", ".join(f"{number} {verdict}" for verdict, number in sorted(verdicts.items()))
    return f"{len(outcomes)} faults: {said or 'none tried'}; {share(outcomes):.0%} named by a check"


def table(outcomes: Sequence[Told], planned: int) -> str:
    """A row for each fault that was tried, of so many, and what they come to."""
    rows = [
        f"| {one['name']} | {one['fault']} | {one['verdict']} | {_noticed(one)} | {one['seconds']:.0f} |"
        for one in sorted(
            outcomes, key=lambda one: (one["name"].split("/")[0], int(one["name"].split("/")[1]))
        )
    ]
    head = "| | Fault | Verdict | Red | Seconds |\n|---|---|---|---|---|"
    said = f"Tried so far, of {planned}: {counted(outcomes)}. Written by `tox -e mutants -- load --write`."
    return "\n".join([head, *rows, "", said])


def write(page: Path, outcomes: Sequence[Told], planned: int) -> None:
    """Put the table between its marks in the page."""
    write_whole(page, with_text(page.read_text(), PLACE, table(outcomes, planned)))


def _noticed(one: Told) -> str:
    return ", ".join(f"`{name}`" for name in one["red"]) or one["refused"].replace("|", "/")[:120] or "—"
