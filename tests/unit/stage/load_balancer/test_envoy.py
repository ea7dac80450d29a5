"""Envoy's files."""

import pytest

from stage.errors import StageError
from stage.load_balancer.envoy import Envoy


@pytest.fixture
def envoy(tmp_path):
    """An Envoy that is not started."""
    return Envoy(tmp_path / "envoy", "127.0.0.1")


def test_a_file_is_replaced_whole_and_only_if_it_changes(envoy):
    """Nobody sees half a file; an unchanged one keeps its inode, so Envoy is not disturbed."""
    envoy.folder.mkdir()
    envoy.write("x.json", {"a": 1})
    path = envoy.folder / "x.json"
    before = path.stat().st_ino
    with path.open() as held:
        envoy.write("x.json", {"a": 1})
        assert path.stat().st_ino == before
        envoy.write("x.json", {"a": 2})
        assert path.stat().st_ino != before
        assert '{"a": 1}' == held.read()
    assert '{"a": 2}' == path.read_text()
    assert ["x.json"] == [entry.name for entry in envoy.folder.iterdir()]


def test_without_start_it_has_no_process(envoy):
    """The message says what to do."""
    with pytest.raises(StageError, match=r"call start\(\) first"):
        assert envoy.pid
