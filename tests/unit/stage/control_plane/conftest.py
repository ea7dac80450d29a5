import pytest

from tests.unit.stage.control_plane.extensions.gaps.world import emulated_clients
from tests.unit.stage.emulated import reporting


@pytest.fixture
def client():
    """Gives boto3 clients for an empty emulated AWS in this process."""
    with emulated_clients() as make:
        yield make


@pytest.fixture
def reporter(client):
    """Reports to the emulated AWS in this process, over HTTP as always."""
    with reporting() as reports:
        yield reports
