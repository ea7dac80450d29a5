import os

import pytest

from tests.integration import engine as module
from tests.integration.engine import EngineUnavailableError, engine


@pytest.fixture
def nothing_answers(monkeypatch):
    """No engine anywhere, and one that must not be installed."""
    monkeypatch.setattr(module, "_answers", lambda _: False)
    monkeypatch.setattr(module, "_of_the_context", lambda: None)
    monkeypatch.setattr(module, "_apt", lambda *_: pytest.fail("nothing may be installed here"))


def test_an_engine_that_answers_is_used_and_left_alone(monkeypatch):
    """What a person runs is not ours to stop."""
    monkeypatch.setenv("DOCKER_HOST", "unix:///run/somebodys.sock")
    monkeypatch.setattr(module, "_answers", lambda url: url == "unix:///run/somebodys.sock")
    monkeypatch.setattr(module, "_stop", lambda _: pytest.fail("it was not started here"))

    with engine(lambda _: None) as url:
        assert "unix:///run/somebodys.sock" == url


def test_without_rights_one_line_says_what_to_start(monkeypatch, nothing_answers):
    """Somebody who is not root is told to start it."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    with (
        pytest.raises(EngineUnavailableError, match="start it, or run this as root") as raised,
        engine(print),
    ):
        pass

    assert "\n" not in str(raised.value)


def test_on_another_system_one_line_says_what_to_install(monkeypatch, nothing_answers):
    """Only a distribution whose packages are known is changed."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(module, "_release", lambda: {"ID": "fedora"})
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(EngineUnavailableError, match="install Docker and start it"), engine(print):
        pass
