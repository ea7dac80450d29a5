"""Files of kept stages: what goes in comes out, and nothing else does."""

import hashlib
import os
import pickle

import pytest

from stage.errors import StageError
from stage.kept_state import store as module
from stage.kept_state.digest import digest_of
from stage.kept_state.kept import DamagedError, Kept
from stage.kept_state.store import Store, read
from tests.unit.stage.kept_state.samples import kept


@pytest.fixture
def store(tmp_path):
    """GIVEN an empty store."""
    return Store(tmp_path / "kept")


@pytest.fixture
def file(store):
    """GIVEN a file of a kept stage."""
    return store.keep(kept())


def test_what_was_kept_is_read_again(store, file):
    """All of it, found by its digest."""
    assert kept() == read(file)
    assert [file] == store.find(digest_of(kept().facts.made_of))
    assert [] == store.find("0" * 64)


def test_nobody_else_may_read_it(file):
    """There is a key in it."""
    assert (0o600, 0o700) == (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777)


def test_the_key_is_not_shown():
    """Neither where what is kept is printed nor where its facts are."""
    assert "hidden" not in repr(kept())
    assert "hidden" not in repr(kept().facts)


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[:-1],
        lambda content: content[: len(content) // 2],
        lambda _: b"",
        lambda content: content + b"\0",
        lambda content: content.replace(b"kept stage 2", b"kept stage 1"),
        lambda content: content[:200] + bytes([content[200] ^ 1]) + content[201:],
        lambda _: pickle.dumps("not ours"),
    ],
)
def test_a_damaged_file_is_refused(file, damage):
    """Cut off, changed in a single bit, of another version, or something else."""
    file.write_bytes(damage(file.read_bytes()))

    with pytest.raises(DamagedError, match=f"{file} is damaged: its checksum is another one"):
        read(file)


def test_a_file_with_a_right_checksum_and_wrong_content_is_refused():
    """Whoever can write a checksum may still have written something else."""
    content = b"no archive"
    checksum = hashlib.sha256(content).hexdigest().encode()

    with pytest.raises(DamagedError, match="not what this program writes"):
        Kept.from_bytes(b"kept stage 2 " + checksum + b"\n" + content)


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o620, 0o602])
def test_a_file_that_others_could_have_written_or_read_is_refused(file, mode):
    """It is unpickled, which can do anything."""
    file.chmod(mode)

    with pytest.raises(DamagedError, match=f"{file} is not yours alone"):
        read(file)


def test_a_folder_that_others_may_write_to_is_refused(store, file):
    """They could put another file in the place of this one."""
    file.parent.chmod(0o770)

    with pytest.raises(DamagedError, match=f"{file.parent} is not yours alone"):
        read(file)
    with pytest.raises(StageError, match="not yours alone"):
        store.keep(kept())


def test_a_file_of_somebody_else_is_refused(file, monkeypatch):
    """Whatever its mode."""
    owner = os.getuid()
    monkeypatch.setattr(module.os, "getuid", lambda: owner + 1)

    with pytest.raises(DamagedError, match="not yours alone"):
        read(file)


def test_a_link_is_refused(file):
    """It may lead to what others have written."""
    link = file.with_name("link.stage")
    link.symlink_to(file)

    with pytest.raises(DamagedError, match=r"link\.stage is not yours alone"):
        read(link)


def test_one_of_each_block_the_newest_first(store):
    """Two stages that were up at the same time have addresses of their own."""
    for age, block in ((3, 7), (1, 8), (2, 9)):
        path = store.keep(kept(block=block))
        os.utime(path, (1_700_000_000 - age, 1_700_000_000 - age))
    store.keep(kept(block=9, applied_at=1.0))

    files = store.find(digest_of(kept().facts.made_of))

    assert [9, 8, 7] == [read(file).facts.places.block for file in files]
    assert store.newest() == files[0]


def test_the_oldest_go(store):
    """As many are kept as one works on in turn."""
    paths = []
    for number in range(module.MAX_KEPT + 2):
        paths.append(store.keep(kept(made_of={"Terraform": str(number)})))
        os.utime(paths[-1], (1_700_000_000 + number, 1_700_000_000 + number))
    last = store.keep(kept(made_of={"Terraform": "newest"}))

    assert [*paths[3:], last] == sorted(last.parent.iterdir(), key=lambda path: path.stat().st_mtime)
