import pytest

from tests.unit.stage.control_plane.extensions.gaps.world import emulated_clients
from tests.workflows.github_api import GitHubApi


@pytest.fixture
def client():
    """Gives boto3 clients for an empty AWS as a stage has it, in this process."""
    with emulated_clients() as make:
        yield make


@pytest.fixture
def api(monkeypatch):
    """GIVEN GitHub with a pull request, as a step of a workflow finds it."""
    monkeypatch.setattr("ops.github.repository._FIRST_PAUSE_SECONDS", 0.0)
    with GitHubApi() as made:
        made.pull_request(number=7)
        for name, value in made.environment.items():
            monkeypatch.setenv(name, value)
        yield made
