"""Selection of the unit tests that a change concerns, on this repository itself."""

import pytest

from tests.check import commands
from tests.selection import ROOT, concerned, imported, plan_is_concerned, reached, unit_tests


def selected(*changed):
    """Names of the test modules that a change of files concerns."""
    found = concerned({ROOT / name for name in changed}, unit_tests())
    return {path.relative_to(ROOT).as_posix() for path in found}


@pytest.mark.parametrize(
    ("changed", "concerned", "not_concerned"),
    [
        ("stage/commands/kill.py", "stage/commands/test_kill.py", "stage/scheduler/test_decide.py"),
        # Over several modules.
        ("stage/scheduler/health.py", "stage/scheduler/test_loop.py", "services/shared/test_metrics.py"),
        ("services/shared/metrics.py", "services/shared/test_metrics.py", "stage/cpu/test_quota.py"),
        # A helper beside the tests.
        ("tests/unit/stage/emulated.py", "stage/alarms/test_loop.py", "services/shared/test_metrics.py"),
        ("tests/unit/stage/scheduler/conftest.py", "stage/scheduler/test_decide.py", "stage/test_fit.py"),
        # A test by itself.
        ("tests/unit/stage/test_fit.py", "stage/test_fit.py", "stage/test_clock.py"),
        # No Python.
        ("tox.ini", "test_documents.py", "stage/test_clock.py"),
        ("docs/runbook.md", "test_documents.py", "stage/test_clock.py"),
    ],
)
def test_a_change_concerns_who_depends_on_it(changed, concerned, not_concerned):
    """At any distance, and nobody else."""
    assert (ROOT / changed).is_file()
    found = selected(changed)

    assert f"tests/unit/{concerned}" in found
    assert (ROOT / "tests/unit" / not_concerned).is_file()
    assert f"tests/unit/{not_concerned}" not in found


def test_rules_for_all_sources_are_concerned_by_each():
    """A docstring that is a riddle is found before a push."""
    assert "tests/unit/test_docstrings.py" in selected("stage/commands/kill.py")


@pytest.mark.parametrize("name", ["pyproject.toml", "tests/conftest.py", "tests/unit/conftest.py"])
def test_what_every_test_runs_under_concerns_all(name):
    """None of it is imported."""
    assert len(unit_tests()) == len(selected(name))


def test_nothing_changed_concerns_nothing():
    """There is nothing to run."""
    assert set() == selected()


def test_a_module_that_is_gone_concerns_who_still_imports_it(tmp_path, monkeypatch):
    """Otherwise its removal would be found by the whole layer alone."""
    monkeypatch.setattr("tests.selection.ROOT", tmp_path)
    monkeypatch.setattr("tests.selection._FOLDERS", (tmp_path,))
    (tmp_path / "stage").mkdir()
    test = tmp_path / "test_it.py"
    test.write_text("from stage.gone import it\n")

    assert [test] == concerned({tmp_path / "stage" / "gone.py"}, [test])


def test_imports_of_imports_count():
    """The test names the command line alone."""
    assert ROOT / "stage/commands/kill.py" in imported(ROOT / "stage/__main__.py")
    assert ROOT / "stage/commands/kill.py" in reached(ROOT / "tests/unit/stage/commands/test_kill.py")


@pytest.mark.parametrize(
    ("name", "expected"),
    [("terraform/locals.tf", True), ("tests/plan/view.py", True), ("stage/fit.py", False)],
)
def test_a_plan_is_made_where_one_may_have_changed(name, expected):
    """Rules of a plan take longer than all else."""
    assert expected == plan_is_concerned({ROOT / name})
    assert expected == ("plan" in commands({ROOT / name}, []))


def test_lint_is_always_run():
    """Also where no test is concerned."""
    assert ["lint"] == list(commands(set(), []))


def test_a_few_modules_need_no_workers():
    """They take longer to start than a few tests."""
    few, many = (commands(set(), unit_tests()[:count])["unit"][0] for count in (2, 60))

    assert (False, True) == ("-n" in few, "-n" in many)
