"""How many mutations the rules notice, and how many the inventories alone would."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.marked import with_text
from tests.plan.mutants.run import Outcome

PLACE = "mutants"


@dataclass(frozen=True)
class Score:
    """Counts of mutations that can be applied and that change something.

    Attributes:
        valid: How many there are: killed or survived.
        by_rules: How many of them a rule notices.
        by_inventories: How many of them an inventory notices.
    """

    valid: int
    by_rules: int
    by_inventories: int

    @property
    def share(self) -> float:
        """Part that rules notice; all of none."""
        return self.by_rules / self.valid if self.valid else 1.0

    def __str__(self) -> str:
        """Both, as counts and parts."""
        return (
            f"by rules {_part(self.by_rules, self.valid)}, "
            f"by inventories alone {_part(self.by_inventories, self.valid)}"
        )


def score(outcomes: Sequence[Outcome]) -> Score:
    """Both scores; what Terraform refuses, what is explained and what nothing sees is no part of them."""
    valid = [outcome for outcome in outcomes if outcome.verdict in ("killed", "survived")]
    return Score(
        len(valid),
        sum(outcome.verdict == "killed" for outcome in valid),
        sum(bool(outcome.inventory) for outcome in valid),
    )


def table(outcomes: Sequence[Outcome], *, seed: int) -> str:
    """Both scores by folder, for the documentation."""
    folders = sorted({_folder(outcome) for outcome in outcomes})
    rows = [
        _row(folder, [outcome for outcome in outcomes if _folder(outcome) == folder]) for folder in folders
    ]
    head = (
        "Below `terraform/`",
        "Tried",
        "Refused by Terraform",
        "Noticed by nothing",
        "By rules",
        "By inventories alone",
    )
    rules = "|".join("---" for _ in head)
    return "\n".join(
        [
            f"| {' | '.join(head)} |",
            f"|{rules}|",
            *rows,
            _row("**all**", outcomes),
            "",
            f"Written by `tox -e mutants -- generated --seed {seed} --sample {len(outcomes)} --write`.",
        ]
    )


def write(file: Path, text: str) -> None:
    """Put a table between its marks in a document."""
    file.write_text(with_text(file.read_text(), PLACE, text))


def _row(name: str, outcomes: Sequence[Outcome]) -> str:
    def counted(holds: Callable[[Outcome], bool]) -> str:
        return str(sum(map(holds, outcomes)))

    found = score(outcomes)
    cells = (
        name,
        str(len(outcomes)),
        counted(lambda one: one.verdict == "refused"),
        counted(lambda one: one.verdict in ("unseen", "explained")),
        _part(found.by_rules, found.valid),
        _part(found.by_inventories, found.valid),
    )
    return f"| {' | '.join(cells)} |"


def _part(some: int, all_: int) -> str:
    return f"{some} of {all_} ({some / all_:.0%})" if all_ else "none of none"


def _folder(outcome: Outcome) -> str:
    above = str(Path(outcome.mutation.file).parent)
    return "the root module" if above == "." else f"`{above}`"
