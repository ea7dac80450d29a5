"""Applies each careless change to a copy of the Terraform and says which test notices.

python -m tests.plan.mutants                    those by hand, mutants/*.yaml, and a sample of generated ones
python -m tests.plan.mutants queue              those of mutants/queue.yaml
python -m tests.plan.mutants queue/3            one of them
python -m tests.plan.mutants generated --seed 7 --sample 60
                                                generated from the HCL, chosen by a seed
python -m tests.plan.mutants modules/queue/queue.tf:15
                                                the generated ones of a line
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

from tests.plan.mutants.generate import GeneratedMutation, generated, sample
from tests.plan.mutants.mutation import AnyMutation, MutationError, read_mutations
from tests.plan.mutants.run import Outcome, Unchanged, try_mutation
from tests.plan.mutants.scores import score, table, write

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[2]
# Part of the generated mutations that rules have to notice.
GOAL = 0.95
_GENERATED = "generated"
_STYLE = {
    "killed": "green",
    "refused": "dim",
    "explained": "yellow",
    "unseen": "yellow",
    "survived": "bold red",
    "error": "bold red",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line asks for.

    Returns:
        1 where the control fails, a mutation by hand survives without a reason, or rules notice fewer of the
        generated ones than the goal.
    """
    asked = _parse(arguments)
    console = Console(highlight=False)
    try:
        mutations = _chosen(asked)
    except MutationError as error:
        console.print(f"[bold red]{error}[/]")
        return 1
    if not asked.skip_control and not _control_passes(console, asked):
        return 1
    outcomes: list[Outcome] = []
    columns = (TextColumn("{task.description}"), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress, ThreadPoolExecutor(asked.jobs) as pool:
        task = progress.add_task("mutations", total=len(mutations))
        running = [pool.submit(try_mutation, one, asked.terraform, asked.repository) for one in mutations]
        for ended in as_completed(running):
            outcomes.append(ended.result())
            _say(progress.console, outcomes[-1])
            _report(asked.report, outcomes)
            progress.advance(task)
    return _summary(console, outcomes, asked)


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.plan.mutants", description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", help="mutations to try, by how their names begin; all without")
    parser.add_argument("--seed", type=int, default=1, help="chooses among the generated mutations")
    parser.add_argument("--sample", type=int, default=60, help="how many generated mutations to try")
    parser.add_argument("--jobs", type=int, default=2, help="mutations at a time")
    parser.add_argument("--data", type=Path, default=HERE, help="folder of the *.yaml files")
    parser.add_argument("--repository", type=Path, default=REPOSITORY, help="where the tests are")
    parser.add_argument("--terraform", type=Path, help="root module; the repository's own without")
    parser.add_argument("--report", type=Path, default=REPOSITORY / "reports" / "mutants.json")
    parser.add_argument("--skip-control", action="store_true", help="trust that an unchanged copy passes")
    parser.add_argument("--write", action="store_true", help="put the scores into docs/plan-tests.md")
    asked = parser.parse_args(arguments)
    asked.terraform = asked.terraform or asked.repository / "terraform"
    return asked


def _chosen(asked: argparse.Namespace) -> list[AnyMutation]:
    """Mutations by hand and generated ones, as the names say.

    Raises:
        MutationError: There is nothing under a name.
    """
    chosen: list[AnyMutation] = []
    by_place = [name for name in asked.names if ".tf" in name]
    by_hand = [name for name in asked.names if name != _GENERATED and name not in by_place]
    if by_hand or not asked.names:
        chosen += read_mutations(asked.data, by_hand)
    if by_place:
        chosen += _generated_at(asked.terraform, by_place)
    if _GENERATED in asked.names or not asked.names:
        chosen += sample(asked.terraform, asked.seed, asked.sample)
    return chosen


def _generated_at(root: Path, places: Sequence[str]) -> list[GeneratedMutation]:
    found = generated(root)
    for place in places:
        if not any(_is_at(one.name, place) for one in found):
            raise MutationError(f"there is no mutation whose name begins with {place!r}")
    return [one for one in found if any(_is_at(one.name, place) for place in places)]


def _is_at(name: str, place: str) -> bool:
    """Whether a name begins with a place: line 1 is not line 10."""
    return f"{name}:".startswith(f"{place.rstrip(':')}:")


def _control_passes(console: Console, asked: argparse.Namespace) -> bool:
    """Take an unchanged copy the way of every other: a test that fails anyway notices nothing."""
    console.print("The tests on a copy without a change …")
    control = try_mutation(Unchanged(), asked.terraform, asked.repository)
    wrong = control.killed_by or control.inventory or control.refused or control.error
    if wrong:
        console.print(
            f"[bold red]The control fails: an unchanged copy does not pass: {wrong}[/]", soft_wrap=True
        )
        return False
    console.print(f"[green]control[/] passes in {control.seconds} s ({control.cpu} s of processor time)")
    return True


def _say(console: Console, outcome: Outcome) -> None:
    mutation, style = outcome.mutation, _STYLE[outcome.verdict]
    console.print(f"[{style}]{outcome.verdict:9}[/] {mutation.name:24} {mutation.rule}", soft_wrap=True)
    rule = f"{outcome.killed_by} ({outcome.says})" if outcome.killed_by else "no rule"
    noticed = f"rules: {rule}; inventories: {outcome.inventory or 'nothing'}"
    refused = f"Terraform refuses {outcome.refused}" if outcome.verdict == "refused" else ""
    for detail in (mutation.shown, outcome.error or refused or mutation.survives or noticed):
        console.print(f"          {detail}", style="dim", markup=False, soft_wrap=True)
    console.print(f"          {outcome.seconds} s, {outcome.cpu} s of processor time", style="dim")


def _report(file: Path, outcomes: Sequence[Outcome]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    in_order = sorted(outcomes, key=lambda one: one.mutation.name)
    file.write_text(json.dumps([outcome.to_json() for outcome in in_order], indent=1) + "\n")


def _summary(console: Console, outcomes: Sequence[Outcome], asked: argparse.Namespace) -> int:
    by_hand = [one for one in outcomes if not isinstance(one.mutation, GeneratedMutation)]
    from_hcl = [one for one in outcomes if isinstance(one.mutation, GeneratedMutation)]
    for outcome in sorted(outcomes, key=lambda one: (one.verdict, one.mutation.name)):
        if not outcome.is_good:
            stale = " although it is said to survive" if outcome.verdict == "killed" else ""
            said = f"{outcome.mutation.name}: {outcome.mutation.rule}: {outcome.mutation.shown}"
            console.print(f"{outcome.verdict}{stale} {said}", style="bold red", markup=False, soft_wrap=True)
    for title, group in (("by hand", by_hand), ("generated", from_hcl)):
        if group:
            counted = Counter(outcome.verdict for outcome in group)
            said = ", ".join(f"{number} {verdict}" for verdict, number in sorted(counted.items()))
            console.print(f"[bold]{len(group)} mutations {title}: {said}; noticed {score(group)}[/]")
    if asked.write and from_hcl:
        write(REPOSITORY / "docs" / "plan-tests.md", table(from_hcl, seed=asked.seed))
    wrong = [one for one in by_hand if not one.is_good]
    wrong += [one for one in from_hcl if one.verdict == "error"]
    return 1 if wrong or not outcomes or score(from_hcl).share < GOAL else 0


if __name__ == "__main__":
    sys.exit(main())
