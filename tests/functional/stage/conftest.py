import pytest

from stage.addresses import LoopbackBlock


@pytest.fixture
def block():
    """Loopback addresses for one test."""
    block = LoopbackBlock()
    yield block
    block.release()
