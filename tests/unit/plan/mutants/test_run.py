import pytest

from tests.plan.mutants.__main__ import main
from tests.plan.mutants.mutation import Mutation
from tests.plan.mutants.run import Outcome


def _mutation(find, replace, survives=None):
    return Mutation("queue/1", "queue.tf", find, replace, "A rule.", survives)


@pytest.mark.parametrize(
    ("killed_by", "survives", "good"),
    [("t", None, True), ("", "a reason", True), ("", None, False), ("t", "a reason", False)],
)
def test_a_survivor_needs_a_reason_and_a_reason_a_survivor(killed_by, survives, good):
    """A reason that a test has overtaken is taken out."""
    assert Outcome(_mutation("a", "b", survives), killed_by).is_good is good


def test_the_command_fails_for_a_name_that_is_nowhere(tmp_path, capsys):
    """Nothing is run."""
    assert 1 == main(["gone", "--data", str(tmp_path)])
    assert "no mutation" in capsys.readouterr().out
