"""Program: `python -m tests.load.readme_table --write`, the table of scenarios in `verify/README.md`."""

import sys
from collections.abc import Iterable
from pathlib import Path

from common.shared_files import write_whole
from tests.marked import with_text
from verify.discovery import discovered
from verify.verdict.always import ALWAYS
from verify.verdict.trust import HOST_RULE

EVERYWHERE = (*(rule.__name__ for rule in ALWAYS), HOST_RULE)
"""Rules that need no row of their own."""
README = Path(__file__).parents[2] / "verify" / "README.md"
PLACE = "scenarios"


def table() -> str:
    """A row for each scenario that there is, and a line for what holds in all of them."""
    rows = []
    for name, scenario in discovered().items():
        rules = _named(rule for rule in scenario.rules if rule not in EVERYWHERE)
        alarms = _named(scenario.alarms) or "none"
        if scenario.may_go_off:
            alarms += f"; depending on the machine {_named(scenario.may_go_off)}"
        when = "by default" if scenario.default else "when asked"
        budget = f"{scenario.budget_minutes:g} min"
        link = f"[`{name}`](scenarios/{name}.py)"
        rows.append(f"| {link} | {scenario.sentence} | {when} | {budget} | {alarms} | {rules} |\n")
    head = "| scenario | shows | runs | at most | alarms that go off | checks |\n|---|---|---|---|---|---|\n"
    everywhere = f"\nWhere nothing forbids it, each is also held against {_named(EVERYWHERE)}.\n"
    return "".join([head, *rows, everywhere])


def _named(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


if __name__ == "__main__":
    text = with_text(README.read_text("utf-8"), PLACE, table())
    if "--write" in sys.argv[1:]:
        write_whole(README, text)
    else:
        sys.stdout.write(table())
