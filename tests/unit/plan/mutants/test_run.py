import pytest

from tests.plan.mutants.__main__ import main
from tests.plan.mutants.mutation import Mutation
from tests.plan.mutants.run import Outcome, copied


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


def test_the_command_fails_for_a_line_without_a_mutation(tmp_path, capsys):
    """A line that has moved is said."""
    (tmp_path / "terraform").mkdir()
    (tmp_path / "terraform" / "main.tf").write_text("locals {\n  a = 1\n}\n")
    assert 1 == main(["main.tf:20", "--repository", str(tmp_path)])
    assert "no mutation" in capsys.readouterr().out


def test_a_copy_lies_beside_what_the_root_module_lies_beside(tmp_path):
    """Tests find docs/ from it; what Terraform and an apply have left stays where it is."""
    repository, folder = tmp_path / "repository", tmp_path / "copy"
    (repository / "terraform" / ".terraform").mkdir(parents=True)
    (repository / "terraform" / "queue.tf").write_text("locals {}")
    (repository / "docs").mkdir()
    folder.mkdir()
    copy = copied(repository / "terraform", repository, folder)
    assert ["queue.tf"] == [path.name for path in copy.iterdir()]
    assert not copy.is_symlink()
    assert (folder / "docs").samefile(repository / "docs")
