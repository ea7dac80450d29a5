import pytest

from tests.marked import marks
from tests.plan.mutants.mutation import Mutation
from tests.plan.mutants.run import Outcome
from tests.plan.mutants.scores import PLACE, score, table, write


def _outcome(file="queue.tf", survives=None, **fields):
    return Outcome(Mutation("queue/1", file, "a", "b", "A rule.", survives), **fields)


OUTCOMES = [
    _outcome(killed_by="t", inventory="i"),
    _outcome(file="modules/mail/queue.tf", killed_by="t"),
    _outcome(inventory="i"),
    _outcome(refused="standalone"),
    _outcome(survives="It is the same.", inventory="i"),
    _outcome(error="pytest ended with 4"),
    _outcome(),
]


def test_both_scores_are_of_what_can_be_applied_and_changes_something():
    """What Terraform refuses is killed by no rule, and what nothing sees is missed by none."""
    found = score(OUTCOMES)
    assert (3, 2, 2) == (found.valid, found.by_rules, found.by_inventories)
    assert "by rules 2 of 3 (67%), by inventories alone 2 of 3 (67%)" == str(found)


def test_nothing_tried_is_nothing_missed():
    """The share of none is all of it."""
    assert 1.0 == score([]).share


@pytest.mark.parametrize(
    ("verdict", "place"),
    list(enumerate(["killed", "killed", "survived", "refused", "explained", "error", "unseen"])),
)
def test_verdicts(verdict, place):
    """Each outcome has one."""
    assert place == OUTCOMES[verdict].verdict


def test_scores_are_written_by_folder(tmp_path):
    """Between the marks, and nowhere else."""
    document = tmp_path / "plan-tests.md"
    begin, end = marks(PLACE)
    document.write_text(f"before\n{begin}\nold\n{end}\nafter\n")
    write(document, table(OUTCOMES, seed=7))
    text = document.read_text()
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")
    assert "| `modules/mail` | 1 | 0 | 0 | 1 of 1 (100%) | 0 of 1 (0%) |" in text
    assert "| **all** | 7 | 1 | 2 | 2 of 3 (67%) | 2 of 3 (67%) |" in text
    assert "old" not in text
