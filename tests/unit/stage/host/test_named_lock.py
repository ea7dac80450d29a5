import os

import pytest

from stage.errors import StageError
from stage.host.named_lock import NamedLock
from tests.unit.stage.commands.conftest import access


def test_a_second_stage_of_the_same_name_is_told_where_the_first_is(tmp_path):
    """The message names the process, the URL and the way out."""
    first = NamedLock("default", tmp_path)
    first.acquire()
    first.publish(access(url="http://127.9.0.1:8080"))

    with pytest.raises(StageError, match=rf"pid {os.getpid()}, http://127\.9\.0\.1:8080.*--name"):
        NamedLock("default", tmp_path).acquire()

    first.release()


def test_another_name_is_another_stage(tmp_path):
    """Two names do not stand in each other's way."""
    first, second = NamedLock("one", tmp_path), NamedLock("two", tmp_path)

    first.acquire()
    second.acquire()

    first.release()
    second.release()


def test_a_released_name_is_free_and_leaves_no_file(tmp_path):
    """Nothing stays behind once a stage has gone."""
    first = NamedLock("default", tmp_path)
    first.acquire()
    first.release()

    assert [] == list(tmp_path.iterdir())
    again = NamedLock("default", tmp_path)
    again.acquire()
    again.release()


def test_a_name_that_is_a_path_is_refused(tmp_path):
    """A name becomes a file name, so it may not leave the folder."""
    with pytest.raises(StageError, match="letters, digits and dashes"):
        NamedLock("../etc", tmp_path)
