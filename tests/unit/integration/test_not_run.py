import pytest

from tests import layers
from tests.integration import not_run


@pytest.fixture(autouse=True)
def forgotten(monkeypatch):
    """No run before this one."""
    monkeypatch.setattr(not_run, "_reasons", [])


@pytest.mark.parametrize(
    ("ci", "status"), [("", not_run.STATUS), ("true", 1), ("1", 1), ("false", not_run.STATUS)]
)
def test_a_run_that_cannot_be_ends_with_a_status_of_its_own(monkeypatch, ci, status):
    """It is no pass anywhere, and a plain failure in CI."""
    monkeypatch.setenv("CI", ci)

    with pytest.raises(pytest.exit.Exception) as ended:
        not_run.end("start Docker")

    assert status == ended.value.returncode
    assert "integration: NOT RUN: start Docker" == str(ended.value)


def test_the_reason_is_kept_for_the_summary(monkeypatch):
    """The summary repeats what to start; a run that was has nothing to say."""
    monkeypatch.setenv("CI", "")
    assert not_run.reason() is None

    with pytest.raises(pytest.exit.Exception):
        not_run.end("start Docker")

    assert "start Docker" == not_run.reason()


def test_who_runs_all_layers_knows_the_status():
    """Its last line is about this status and no other."""
    assert layers.NOT_RUN == not_run.STATUS
