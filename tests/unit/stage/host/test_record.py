import os
import stat

import pytest

from stage.errors import NotUpError
from stage.host.record import StageRecord, find_stage, names_up, own_record, read_record, record_path
from tests.unit.stage.commands.conftest import access

# Above every limit that Linux lets a machine set.
_NOBODY = 2**22 + 1


def test_what_is_written_is_read(tmp_path):
    """Another process of the same person gets the same facts."""
    record = own_record("mine", access(key_file="/run/api-key"))

    record.write(tmp_path)

    assert record == read_record("mine", tmp_path)
    assert record == find_stage("mine", tmp_path)


def test_one_that_comes_up_is_found(tmp_path):
    """Whoever ends it need not wait until it is up."""
    own_record("mine").write(tmp_path)

    assert find_stage("mine", tmp_path).access is None


def test_it_is_its_owners_alone(tmp_path):
    """From its first byte on; it says where the key is."""
    own_record("mine", access()).write(tmp_path)

    assert 0o600 == stat.S_IMODE(record_path("mine", tmp_path).stat().st_mode)


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_what_others_may_write_is_not_believed(tmp_path, mode):
    """A folder for temporary files is everybody's."""
    own_record("mine", access()).write(tmp_path)
    record_path("mine", tmp_path).chmod(mode)

    assert read_record("mine", tmp_path) is None


def test_what_somebody_else_has_written_is_not_believed(tmp_path, monkeypatch):
    """Otherwise somebody else would say which process is to be ended."""
    path = record_path("mine", tmp_path)
    own_record("mine", access()).write(tmp_path)
    other = path.stat().st_uid + 1
    monkeypatch.setattr(os, "getuid", lambda: other)
    path.rename(record_path("mine", tmp_path))
    assert record_path("mine", tmp_path).is_file()

    assert read_record("mine", tmp_path) is None


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"name": "mine", "access": {"url": ""}}'])
def test_what_is_no_record_is_none(tmp_path, text):
    """One of another version of the stage, say."""
    path = record_path("mine", tmp_path)
    path.write_text(text)
    path.chmod(0o600)

    assert read_record("mine", tmp_path) is None
    assert [] == names_up(tmp_path)


def test_a_process_that_has_ended_is_none(tmp_path):
    """What a killed stage has left behind brings nobody to it."""
    record = StageRecord("mine", _NOBODY, own_record("mine").began, access())
    record.write(tmp_path)

    assert record.process() is None
    with pytest.raises(NotUpError, match="no stage named 'mine' is up"):
        find_stage("mine", tmp_path)


def test_another_process_with_the_same_id_is_none():
    """Ids are given again; the time at which it began tells them apart."""
    mine = own_record("mine")

    assert os.getpid() == mine.process().pid
    assert StageRecord("mine", mine.pid, mine.began - 3600).process() is None


def test_names_of_those_that_run(tmp_path):
    """In order, without those that have ended."""
    for name in ("two", "one"):
        own_record(name, access()).write(tmp_path)
    StageRecord("gone", os.getpid(), 0.0, access()).write(tmp_path)

    assert ["one", "two"] == names_up(tmp_path)
