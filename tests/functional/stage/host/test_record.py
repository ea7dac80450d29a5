"""Records of real processes."""

import subprocess
import sys

import psutil
import pytest

from stage.commands.down import end
from stage.errors import NotUpError
from stage.host.record import StageRecord, find_stage
from tests.waiting import START

_PROGRAM = "import signal; print(flush=True); signal.pause()"


@pytest.fixture
def process():
    """GIVEN a process, and one who has started it and takes no notice of its end."""
    with subprocess.Popen([sys.executable, "-c", _PROGRAM], stdout=subprocess.PIPE) as one:
        one.stdout.readline()
        yield one
        one.kill()


@pytest.fixture
def record(process):
    """GIVEN the record of a stage that the process holds up."""
    return StageRecord("mine", process.pid, psutil.Process(process.pid).create_time())


def test_one_that_runs_is_found(record, tmp_path):
    """By its id and the time at which it began."""
    record.write(tmp_path)

    assert record == find_stage("mine", tmp_path)


def test_it_is_down_once_it_has_ended(record, tmp_path):
    """Its id is taken for as long as nobody has asked how it ended, and it is gone all the same."""
    record.write(tmp_path)

    end(record, START)

    assert psutil.STATUS_ZOMBIE == psutil.Process(record.pid).status()
    assert record.process() is None
    with pytest.raises(NotUpError):
        find_stage("mine", tmp_path)


def test_another_one_with_the_same_id_is_left_alone(record, process):
    """It began at another time."""
    with pytest.raises(NotUpError):
        end(StageRecord("mine", record.pid, record.began - 60), START)

    assert process.poll() is None
