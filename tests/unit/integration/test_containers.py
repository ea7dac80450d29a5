from types import SimpleNamespace

import pytest

from tests.integration.containers import Container

_SAID = ["Traceback (most recent call last):", "ModuleNotFoundError: No module named 'one'"]


@pytest.fixture
def container(monkeypatch, tmp_path):
    """A container that is said to be in some state, without an engine."""
    engine = SimpleNamespace(status="running", reload=lambda: None, wait=lambda: {"StatusCode": 1})
    monkeypatch.setattr(Container, "wrapped", engine)
    monkeypatch.setattr(Container, "lines", lambda _: _SAID)
    return Container("dynamodb", "image", None, (), (), tmp_path)


def test_nobody_waits_for_a_container_that_has_ended(container):
    """The wait ends at once with its status and the last that it said."""
    container.wrapped.status = "exited"

    with pytest.raises(AssertionError, match=r"(?s)dynamodb has ended with status 1.*No module named 'one'"):
        container.wait_for("DynamoDB", lambda: False)


def test_a_container_that_runs_is_waited_for(container):
    """Until it answers."""
    answers = iter([False, True])

    container.wait_for("DynamoDB", lambda: next(answers))

    assert [] == list(answers)
