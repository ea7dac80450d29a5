"""Plants each fault in a copy of the repository and says which check of the load tests turns red.

python -m tests.mutants load                those of tests/load/mutants/*.yaml, after a control
python -m tests.mutants load stage          those of stage.yaml
python -m tests.mutants load stage/3        one of them
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from rich.console import Console

from common.shared_files import write_whole
from tests.load.mutants.fault import Control, Fault, read_faults
from tests.load.mutants.run import Outcome, try_fault
from tests.load.mutants.table import counted, known, share, write
from tests.mutants.edit import MutationError

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[2]
PAGE = REPOSITORY / "docs" / "planted-faults.md"
# Part of the faults that a check has to notice by its name.
GOAL = 0.95
_STYLE = {"killed": "green", "refused": "dim", "inconclusive": "yellow"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line asks for.

    Returns:
        1 where a control fails, which makes the run void, or where checks notice fewer than the goal.
    """
    asked = _parser().parse_args(arguments)
    console = Console(highlight=False)
    try:
        faults = read_faults(HERE, asked.names)
    except MutationError as error:
        console.print(f"[bold red]{error}[/]")
        return 1
    outcomes = known(asked.report)
    # The copies lie elsewhere.
    kept = (asked.kept or kept_state()).resolve()
    for one in _in_order(faults, control=not asked.skip_control):
        outcome = try_fault(one, REPOSITORY, kept)
        _say(console, outcome)
        if isinstance(one, Control):
            if outcome.verdict != "survived":
                console.print(f"[bold red]The control does not pass: the run of {one.scenario} is void.[/]")
                return 1
            continue
        outcomes[one.name] = outcome.to_json()
        asked.report.parent.mkdir(parents=True, exist_ok=True)
        write_whole(asked.report, json.dumps(outcomes, indent=1) + "\n")
    tried = [outcomes[one.name] for one in faults if one.name in outcomes]
    console.print(f"[bold]{counted(tried)}[/]")
    if asked.write:
        write(PAGE, list(outcomes.values()), len(read_faults(HERE)))
    return 0 if share(tried) >= GOAL else 1


def kept_state() -> Path:
    """File of the kept state that the unchanged repository would restore; applied now if there is none."""
    # What runs nothing needs nothing of the stage.
    from stage.kept_state.digest import digest_of, ingredients  # noqa: PLC0415
    from stage.kept_state.store import Store  # noqa: PLC0415
    from stage.settings import KEPT_STATES, StageSettings  # noqa: PLC0415
    from stage.stage import Stage  # noqa: PLC0415

    settings, store = StageSettings(kept_states=KEPT_STATES), Store(KEPT_STATES)
    digest = digest_of(ingredients(settings))
    if not store.find(digest):
        with Stage(settings):
            pass
    return store.find(digest)[0]


def _in_order(faults: Sequence[Fault], *, control: bool) -> Iterator[Fault | Control]:
    """The faults by scenario, each scenario's after a control."""
    ordered = sorted(faults, key=lambda one: one.scenario)
    for scenario, some in groupby(ordered, key=lambda one: one.scenario):
        if control:
            yield Control(scenario)
        yield from some


def _say(console: Console, outcome: Outcome) -> None:
    fault, style = outcome.fault, _STYLE.get(outcome.verdict, "bold red")
    console.print(f"[{style}]{outcome.verdict:12}[/] {fault.name:14} {fault.fault}", soft_wrap=True)
    for name, sentence in outcome.red.items():
        mark = "*" if name in fault.noticed_by else " "
        console.print(f"           {mark} {name}: {sentence}", style="dim", markup=False, soft_wrap=True)
    for detail in (outcome.refused, ", ".join(outcome.open), f"{outcome.seconds} s"):
        if detail:
            console.print(f"             {detail}", style="dim", markup=False, soft_wrap=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants load", description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", help="faults, by name or by file; all without")
    parser.add_argument("--kept", type=Path, help="kept state to begin with; this repository's without")
    parser.add_argument("--report", type=Path, default=REPOSITORY / "reports" / "planted-faults.json")
    parser.add_argument("--skip-control", action="store_true", help="trust that an unchanged copy passes")
    parser.add_argument("--write", action="store_true", help="put the outcomes into docs/planted-faults.md")
    return parser


if __name__ == "__main__":
    sys.exit(main())
