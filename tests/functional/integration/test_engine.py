import stat
import sys

import pytest

from tests.integration import engine as module
from tests.integration.engine import EngineUnavailableError, client_program, engine


def _client(folder, script):
    folder.mkdir()
    program = folder / "docker"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)


@pytest.mark.parametrize(
    "script",
    [
        '[ "$1" = buildx ]',
        '[ "$1" = --version ] && echo "Docker version 20.10.24+dfsg1, build 5d6db84"',
    ],
    ids=["has the plugin", "needs none"],
)
def test_a_client_that_can_build_is_chosen(monkeypatch, tmp_path, script):
    """The first one on PATH may be new and without the plugin: the next one is taken."""
    _client(tmp_path / "first", '[ "$1" = --version ] && echo "Docker version 28.2.2, build e6534b4"')
    _client(tmp_path / "second", script)
    monkeypatch.setenv("PATH", f"{tmp_path / 'first'}:{tmp_path / 'second'}")

    assert str(tmp_path / "second" / "docker") == client_program()


def test_without_such_a_client_the_plugin_is_named(monkeypatch, tmp_path):
    """The message says what is missing."""
    _client(tmp_path / "first", '[ "$1" = --version ] && echo "Docker version 28.2.2, build e6534b4"')
    monkeypatch.setenv("PATH", str(tmp_path / "first"))

    with pytest.raises(EngineUnavailableError, match="docker-buildx"):
        client_program()


@pytest.fixture
def own_engine(monkeypatch, tmp_path):
    """An engine of one's own may be started; returns what makes it a program of the test's."""

    def run(script):
        program = tmp_path / "dockerd"
        program.write_text(f"#!{sys.executable}\n{script}\n")
        program.chmod(0o755)

    monkeypatch.setattr(module, "_running", lambda: None)
    monkeypatch.setattr(module, "_require", lambda *_: None)
    monkeypatch.setattr(module, "_install", lambda _: None)
    monkeypatch.setattr(module, "_found", lambda name: str(tmp_path / name))
    monkeypatch.setattr(module, "_DATA_ROOT", tmp_path / "data")
    monkeypatch.setattr(module, "_RUN_FOLDER", tmp_path)
    return run


def test_an_engine_that_ends_is_given_up_at_once_with_its_last_word(monkeypatch, own_engine):
    """Nobody waits for the rest of its budget."""
    asked = []
    monkeypatch.setattr(module, "_answers", asked.append)
    monkeypatch.setattr(module, "_START_BUDGET_SECONDS", float("inf"))
    own_engine("print('begun'); print('no iptables')")

    with pytest.raises(EngineUnavailableError, match=r"can be started here: no iptables$"), engine(print):
        pass

    assert asked


def test_an_engine_is_waited_for_and_stopped_again(monkeypatch, own_engine, tmp_path):
    """It answers some time after its start, and is gone with the run."""
    up, down = tmp_path / "up", tmp_path / "down"
    monkeypatch.setattr(module, "_answers", lambda _: up.exists())
    own_engine(
        "import pathlib, signal, sys\n"
        f"signal.signal(signal.SIGTERM, lambda *_: sys.exit(pathlib.Path({str(down)!r}).touch()))\n"
        f"pathlib.Path({str(up)!r}).touch()\n"
        "signal.pause()"
    )

    with engine(print) as url:
        assert url.startswith("unix://")
        assert not down.exists()

    assert down.exists()
