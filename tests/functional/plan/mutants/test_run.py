import pytest

from tests.plan.mutants.mutation import Mutation
from tests.plan.mutants.run import try_mutation

TEST = """
import os
from pathlib import Path


def test_terraform():
    assert "delay = 30" in Path(os.environ["PLAN_ROOT_MODULE"], "queue.tf").read_text()
"""


@pytest.fixture
def repository(tmp_path):
    """A repository with one plan test, which knows one line of its one file."""
    (tmp_path / "tests" / "plan").mkdir(parents=True)
    (tmp_path / "tests" / "plan" / "test_queue.py").write_text(TEST)
    (tmp_path / "terraform").mkdir()
    (tmp_path / "terraform" / "queue.tf").write_text("delay = 30\nname = 1\n")
    return tmp_path


def _mutation(find, replace, survives=None):
    return Mutation("queue/1", "queue.tf", find, replace, "A rule.", survives)


def test_a_mutation_that_a_test_notices_is_killed(repository):
    """The outcome names the test."""
    outcome = try_mutation(_mutation("30", "3"), repository / "terraform", repository)
    assert ("killed", "test_queue.py::test_terraform") == (outcome.verdict, outcome.killed_by)


def test_a_mutation_that_no_test_notices_survives(repository):
    """Passing tests are the bad news."""
    outcome = try_mutation(_mutation("name = 1", "name = 2"), repository / "terraform", repository)
    assert ("survived", False) == (outcome.verdict, outcome.is_good)


def test_a_suite_that_does_not_start_kills_nothing(repository):
    """An error of pytest itself is an error."""
    (repository / "tests" / "plan" / "test_queue.py").unlink()
    outcome = try_mutation(_mutation("30", "3"), repository / "terraform", repository)
    assert ("error", "") == (outcome.verdict, outcome.killed_by)
