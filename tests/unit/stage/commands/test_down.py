from types import SimpleNamespace

import psutil
import pytest

from stage.commands.down import end
from stage.errors import NotUpError, StageError
from stage.host.record import StageRecord, own_record


class Process:
    """A process that ends once it is told to, or not at all."""

    def __init__(self, ends=True):
        self.terminated = 0
        self._ends = ends

    def terminate(self):
        self.terminated += 1

    @property
    def found(self):
        return None if self.terminated and self._ends else self


@pytest.fixture
def process(monkeypatch):
    """Says which process holds the stage up."""

    def holds(process):
        monkeypatch.setattr(StageRecord, "process", lambda _record: process and process.found)
        return process

    return holds


def test_it_is_waited_for(up, process, told):
    """SIGTERM ends a stage as Ctrl-C does; it is gone when it is said to be."""
    holder = process(Process())
    record = own_record("default")

    assert {"name": "default", "pid": record.pid, "down": True} == told("down")
    assert 1 == holder.terminated


def test_one_that_has_just_ended_is_down(monkeypatch):
    """It ended between two steps."""
    found = [SimpleNamespace(terminate=_gone), None]
    monkeypatch.setattr(StageRecord, "process", lambda _record: found.pop(0))

    end(own_record("default"), 1.0)

    assert [] == found


def test_one_that_had_ended_is_not_up(process):
    """Whoever has its process id by now is left alone."""
    process(None)

    with pytest.raises(NotUpError, match="no stage named 'default' is up"):
        end(own_record("default"), 1.0)


def test_one_that_does_not_end_is_told_of(process):
    """It is not killed, since its tasks would stay."""
    holder = process(Process(ends=False))

    with pytest.raises(StageError, match=r"\(pid \d+\) still stops its tasks after 0 s"):
        end(own_record("default"), 0.0)

    assert 1 == holder.terminated


def _gone():
    raise psutil.NoSuchProcess(1)
