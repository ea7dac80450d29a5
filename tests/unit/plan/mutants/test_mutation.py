from pathlib import Path

import pytest

from tests.plan.mutants.mutation import Mutation, MutationError, read_mutations

TEXT = "resource {\n  delay = 30\n  enabled = true\n}\n"


def _mutation(**fields):
    defaults = {
        "name": "queue/1",
        "file": "queue.tf",
        "find": "delay = 30",
        "replace": "delay = 3",
        "rule": "r",
    }
    return Mutation(**{**defaults, **fields})


@pytest.fixture
def root(tmp_path):
    """A root module of one file."""
    (tmp_path / "queue.tf").write_text(TEXT)
    return tmp_path


def test_a_text_is_replaced(root):
    """And nothing else."""
    _mutation().apply(root)
    assert (root / "queue.tf").read_text() == TEXT.replace("30", "3")


def test_nothing_in_its_place_removes_the_line(root):
    """The whole line goes, whatever part of it was named."""
    _mutation(find="enabled", replace="").apply(root)
    assert "resource {\n  delay = 30\n}\n" == (root / "queue.tf").read_text()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"file": "gone.tf"}, "there is no gone.tf"),
        ({"find": "missing"}, "0 times, not once"),
        ({"find": "e"}, "times, not once"),
        ({"replace": "delay = 30"}, "the same before and after"),
    ],
)
def test_a_mutation_that_cannot_be_applied_is_said(root, fields, message):
    """A list that has aged is no list of kills."""
    with pytest.raises(MutationError, match=message):
        _mutation(**fields).apply(root)


def test_mutations_are_read_by_name(tmp_path):
    """A name is the file's, and the place in it."""
    line = "- {file: a.tf, find: x, replace: 5, rule: r}\n"
    (tmp_path / "queue.yaml").write_text(2 * line)
    (tmp_path / "ledger.yaml").write_text(line)
    assert ["ledger/1", "queue/1", "queue/2"] == [one.name for one in read_mutations(tmp_path)]
    assert ["queue/2"] == [one.name for one in read_mutations(tmp_path, ["queue/2"])]
    assert "5" == read_mutations(tmp_path)[0].replace


@pytest.mark.parametrize(
    "line", ["- {file: a.tf, find: x, rule: r}", "- {file: a, find: x, replace: y, rule: r, why: z}"]
)
def test_a_field_too_few_or_too_many_is_said(tmp_path, line):
    """A mistyped field is not passed over."""
    (tmp_path / "queue.yaml").write_text(line)
    with pytest.raises(MutationError, match=r"queue/1: unknown .* missing"):
        read_mutations(tmp_path)


def test_a_name_that_is_nowhere_is_said(tmp_path):
    """Nothing tried is nothing killed."""
    with pytest.raises(MutationError, match="no mutation whose name begins with 'gone'"):
        read_mutations(tmp_path, ["gone"])


def test_every_mutation_by_hand_can_be_applied(tmp_path):
    """Whoever changes the Terraform learns at once which mutation has lost its line."""
    repository = Path(__file__).parents[4]
    for mutation in read_mutations(repository / "tests" / "plan" / "mutants"):
        file = tmp_path / mutation.file
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text((repository / "terraform" / mutation.file).read_text())
        mutation.apply(tmp_path)
