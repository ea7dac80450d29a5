import pytest

from tests.plan.mutants.__main__ import main
from tests.plan.mutants.mutation import Mutation
from tests.plan.mutants.run import try_mutation

TESTS = '''
import os
from pathlib import Path

import pytest

ROOT = Path(os.environ["PLAN_ROOT_MODULE"])
TEXT = (ROOT / "queue.tf").read_text()


def test_messages_wait():
    """A delay gives receivers time."""
    assert "delay = 30" in TEXT


def test_the_runbook_is_found():
    """What lies beside the root module lies beside its copy."""
    assert (ROOT.parent / "docs" / "runbook.md").is_file()


@pytest.mark.inventory
def test_inventory():
    """The file is what it was."""
    assert TEXT == 'resource "queue" "this" {\\n  delay = 30\\n  fifo  = true\\n}\\n'
'''
REFUSED = '''
import pytest


@pytest.fixture
def staging():
    pytest.fail("terraform refuses plan-staging-service_connect:\\nno", pytrace=False)


def test_first(staging):
    """It plans."""


def test_second():
    """It fails for another reason."""
    assert not "reached"
'''


@pytest.fixture
def repository(tmp_path):
    """A repository with a rule and an inventory, a document, and Terraform of one file."""
    (tmp_path / "tests" / "plan").mkdir(parents=True)
    (tmp_path / "tests" / "plan" / "test_queue.py").write_text(TESTS)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "runbook.md").touch()
    (tmp_path / "terraform").mkdir()
    (tmp_path / "terraform" / "queue.tf").write_text(
        'resource "queue" "this" {\n  delay = 30\n  fifo  = true\n}\n'
    )
    return tmp_path


def _tried(repository, find, replace):
    mutation = Mutation("queue/1", "queue.tf", find, replace, "A rule.")
    return try_mutation(mutation, repository / "terraform", repository)


def _run(repository, *arguments):
    """The command on that repository: its exit status."""
    report = repository / "reports" / "mutants.json"
    return main(
        [*arguments, "--repository", str(repository), "--data", str(repository), "--report", str(report)]
    )


def test_a_mutation_that_a_rule_notices_is_killed(repository):
    """The outcome names the rule and its sentence, and beside it what the inventories would catch."""
    outcome = _tried(repository, "30", "3")
    assert ("killed", "test_queue.py::test_messages_wait") == (outcome.verdict, outcome.killed_by)
    assert ("A delay gives receivers time.", "test_queue.py::test_inventory") == (
        outcome.says,
        outcome.inventory,
    )


def test_a_mutation_that_an_inventory_alone_notices_survives(repository):
    """An inventory notices every change, so that it tells none from a mistake."""
    outcome = _tried(repository, "fifo  = true", "fifo  = false")
    assert ("survived", "test_queue.py::test_inventory") == (outcome.verdict, outcome.inventory)
    assert not outcome.is_good


def test_how_a_change_is_laid_out_is_no_rule(repository):
    """The file is formatted after it was changed."""
    assert "unseen" == _tried(repository, "  fifo  = true", "    fifo = true").verdict


def test_what_is_no_terraform_is_refused(repository):
    """No test is run for it."""
    assert ("refused", "text") == (_tried(repository, "{", "").verdict, _tried(repository, "{", "").refused)


def test_what_terraform_refuses_every_day_is_no_kill(repository):
    """Neither are the tests that fail after it."""
    (repository / "tests" / "plan" / "test_queue.py").write_text(REFUSED)
    outcome = _tried(repository, "30", "3")
    assert ("refused", "plan-staging-service_connect", "") == (
        outcome.verdict,
        outcome.refused,
        outcome.killed_by,
    )


def test_a_suite_that_does_not_start_kills_nothing(repository):
    """An error of pytest itself is an error."""
    (repository / "tests" / "plan" / "test_queue.py").unlink()
    outcome = _tried(repository, "30", "3")
    assert ("error", "") == (outcome.verdict, outcome.killed_by)


def test_the_command_stops_at_a_control_that_fails(repository, capsys):
    """A test that fails anyway would count as a kill of everything."""
    (repository / "docs" / "runbook.md").unlink()
    (repository / "queue.yaml").write_text(
        '- {file: queue.tf, find: "30", replace: "3", rule: Messages wait.}\n'
    )
    assert 1 == _run(repository, "queue")
    said = capsys.readouterr().out
    assert "The control fails" in said
    assert "test_the_runbook_is_found" in said
    assert not (repository / "reports").exists()


def test_the_command_can_lose(repository, capsys):
    """A mutation that no rule notices survives, by hand and generated, whatever the inventories say."""
    (repository / "queue.yaml").write_text(
        '- {file: queue.tf, find: "fifo  = true", replace: "fifo  = false", rule: The order stays.}\n'
    )
    assert 1 == _run(repository, "queue", "queue.tf:3")
    said = " ".join(capsys.readouterr().out.split())
    assert "control passes" in said
    assert "survived queue/1: The order stays." in said
    assert "survived queue.tf:3:boolean:1" in said
    assert 2 == said.count("by rules 0 of 1 (0%), by inventories alone 1 of 1 (100%)")
