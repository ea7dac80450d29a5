import stat

import pytest

from tests.integration.engine import EngineUnavailableError, client_program


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
