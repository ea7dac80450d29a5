import pytest

from stage.host.addresses import LoopbackBlock


@pytest.fixture
def block():
    """Loopback addresses for one test."""
    block = LoopbackBlock()
    yield block
    block.release()
