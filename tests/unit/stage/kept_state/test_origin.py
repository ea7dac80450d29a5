"""Where a stage begins."""

import socket
import time

import pytest

from stage.errors import StageError
from stage.host.addresses import LoopbackBlock
from stage.kept_state import origin as module
from stage.kept_state.origin import find_origin
from stage.kept_state.store import Store
from stage.settings import StageSettings
from tests.unit.stage.kept_state.samples import kept

MADE_OF = {"Terraform": "1.11.4", "terraform/main.tf": "a"}


@pytest.fixture(autouse=True)
def made_of(monkeypatch):
    """GIVEN a stage that is made of little."""
    monkeypatch.setattr(module, "ingredients", lambda _: MADE_OF)


@pytest.fixture
def free():
    """Gives numbers of loopback blocks that were free a moment ago, with three free ports."""

    def find():
        block = LoopbackBlock()
        ports = tuple(block.free_port() for _ in range(3))
        block.release()
        return block.number, ports

    return find


@pytest.fixture
def found(tmp_path):
    """Finds an origin and gives its addresses back at the end."""
    origins = []

    def find(**choices):
        origins.append(
            find_origin(StageSettings(**{"kept_states": tmp_path / "kept", "restored": True, **choices}))
        )
        return origins[-1]

    yield find
    for one in origins:
        one.block.release()


def keep(folder, places, made_of=MADE_OF, applied_at=0.0):
    """Keep a stage with such addresses."""
    block, ports = places
    return Store(folder / "kept").keep(kept(block, made_of, applied_at, ports))


def test_what_is_made_of_the_same_is_restored(tmp_path, free, found):
    """With its own addresses, and told with its age."""
    places = free()
    file = keep(tmp_path, places, applied_at=time.time() - 12.5 * 60)

    origin = found()

    assert (file, places[0], False) == (origin.file, origin.block.number, origin.differs)
    assert "restored, as applied 12 minutes ago" == str(origin)


@pytest.mark.parametrize(
    ("before", "told"),
    [
        (None, "applied anew: no state is kept yet"),
        ({**MADE_OF, "terraform/main.tf": "b"}, "applied anew: terraform/main.tf has changed"),
        ({**MADE_OF, "package moto": "5"}, "applied anew: package moto has changed"),
    ],
)
def test_why_nothing_is_restored(tmp_path, free, found, before, told):
    """Nothing is kept, or what differs first."""
    if before is not None:
        keep(tmp_path, free(), before)

    origin = found()

    assert origin.kept is None
    assert told == str(origin)


def test_a_damaged_one_is_told_and_not_used(tmp_path, free, found):
    """It is applied anew."""
    file = keep(tmp_path, free())
    file.write_bytes(file.read_bytes()[:-1])

    origin = found()

    assert origin.kept is None
    assert f"applied anew: {file} is damaged: its checksum is another one" == str(origin)


def test_a_taken_block_is_told_and_the_next_one_used(tmp_path, free, found):
    """Each kept state has addresses of its own, and one whose addresses are free will do."""
    block = LoopbackBlock()
    keep(tmp_path, (block.number, (1024, 1025, 1026)))

    alone = found()
    other = free()
    keep(tmp_path, other)
    beside = found()

    assert f"applied anew: loopback block 127.{block.number}.0.0/16 is taken" in str(alone)
    assert other[0] == beside.block.number
    block.release()


def test_a_taken_port_is_told(tmp_path, free, found):
    """Whoever has it needs no block."""
    number, ports = free()
    file = keep(tmp_path, (number, ports))
    with socket.socket() as taken:
        taken.bind((f"127.{number}.0.1", ports[1]))
        taken.listen()

        origin = found()
        assert f"its address 127.{number}.0.1:{ports[1]} is not free" in str(origin)
        origin.block.release()
        with pytest.raises(StageError, match="is not free"):
            find_origin(StageSettings(restored_from=file))


def test_without_being_asked_nothing_is_restored(tmp_path, free, found):
    """It is applied for real, and may be kept."""
    keep(tmp_path, free())

    origin = found(restored=False)

    assert (None, MADE_OF, "applied") == (origin.kept, origin.made_of, str(origin))


def test_a_stage_that_is_not_kept_is_not_looked_at(found):
    """Neither Terraform nor a file is asked."""
    assert {} == found(kept_states=None).made_of


def test_one_that_is_asked_for_is_changed(tmp_path, free, found):
    """What it was made of does not matter: the rest is applied to it."""
    file = keep(tmp_path, free(), {**MADE_OF, "terraform/main.tf": "b"}, time.time())

    origin = found(restored_from=file)

    assert origin.differs
    assert str(origin).startswith("restored and changed, as applied ")
