import pytest

from tests.unit.ops.drift.system import System


@pytest.fixture
def system(client):
    """A system as an apply has left it."""
    return System(client)
