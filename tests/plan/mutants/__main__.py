"""Applies each careless change to a copy of the Terraform and says which test notices.

python -m tests.plan.mutants            every mutation
python -m tests.plan.mutants queue      those of mutants/queue.yaml
python -m tests.plan.mutants queue/3    one of them
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tests.plan.mutants.mutation import MutationError, read_mutations
from tests.plan.mutants.run import Outcome, try_mutation, unchanged_copy_passes

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[2]
_STYLE = {"killed": "green", "explained": "yellow", "survived": "bold red", "error": "bold red"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line asks for; 1 where a mutation survived without a reason."""
    asked = _parse(arguments)
    console = Console(highlight=False)
    try:
        mutations = read_mutations(asked.data, asked.names)
    except MutationError as error:
        console.print(f"[bold red]{error}[/]")
        return 1
    if not asked.skip_unchanged:
        console.print("The tests on the Terraform as it is …")
        unchanged = unchanged_copy_passes(asked.terraform, REPOSITORY)
        if unchanged.killed_by or unchanged.error:
            console.print(f"[bold red]They fail without a change: {unchanged.killed_by}{unchanged.error}[/]")
            return 1
    outcomes: list[Outcome] = []
    columns = (TextColumn("{task.description}"), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress, ThreadPoolExecutor(asked.jobs) as pool:
        task = progress.add_task("mutations", total=len(mutations))
        running = [pool.submit(try_mutation, one, asked.terraform, REPOSITORY) for one in mutations]
        for ended in as_completed(running):
            outcomes.append(ended.result())
            _say(progress.console, outcomes[-1])
            progress.advance(task)
    outcomes.sort(key=lambda one: one.mutation.name)
    _report(asked.report, outcomes)
    return _summary(console, outcomes)


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.plan.mutants", description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", help="mutations to try, by how their names begin; all without")
    parser.add_argument("--jobs", type=int, default=2, help="mutations at a time")
    parser.add_argument("--data", type=Path, default=HERE, help="folder of the *.yaml files")
    parser.add_argument("--terraform", type=Path, default=REPOSITORY / "terraform", help="root module")
    parser.add_argument("--report", type=Path, default=REPOSITORY / "reports" / "mutants.json")
    parser.add_argument("--skip-unchanged", action="store_true", help="trust that the tests pass as it is")
    return parser.parse_args(arguments)


def _say(console: Console, outcome: Outcome) -> None:
    mutation = outcome.mutation
    style = _STYLE[outcome.verdict]
    console.print(f"[{style}]{outcome.verdict:9}[/] {mutation.name:24} {mutation.rule}", soft_wrap=True)
    detail = (
        outcome.error or outcome.killed_by or mutation.survives or f"{mutation.file}: {mutation.find.strip()}"
    )
    console.print(f"          {outcome.seconds:5.1f} s  {detail}", style="dim", markup=False, soft_wrap=True)


def _report(file: Path, outcomes: Sequence[Outcome]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps([outcome.to_json() for outcome in outcomes], indent=1) + "\n")


def _summary(console: Console, outcomes: Sequence[Outcome]) -> int:
    counted = Counter(outcome.verdict for outcome in outcomes)
    said = ", ".join(f"{number} {verdict}" for verdict, number in sorted(counted.items()))
    bad = [outcome for outcome in outcomes if not outcome.is_good]
    for outcome in bad:
        stale = " although it is said to survive" if outcome.verdict == "killed" else ""
        console.print(
            f"[bold red]{outcome.verdict}{stale}[/] {outcome.mutation.name}: {outcome.mutation.rule}"
        )
    console.print(f"[bold]{len(outcomes)} mutations: {said}[/]")
    return 1 if bad or not outcomes else 0


if __name__ == "__main__":
    sys.exit(main())
