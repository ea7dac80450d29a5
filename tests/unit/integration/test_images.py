import pytest

from tests.integration.engine import EngineUnavailableError
from tests.integration.images import ROOT, build_environment, default_base


@pytest.mark.parametrize("service", ["notification_api", "email_sender"])
def test_services_name_the_base_that_the_suite_runs_on(service):
    """What is pulled is what the Dockerfile says, so that nobody has to say it twice."""
    assert "python:3.11-slim" == default_base(ROOT / "services" / service / "Dockerfile")


def test_a_dockerfile_without_a_base_to_choose_is_named(tmp_path):
    """The message says which line is missing."""
    dockerfile = tmp_path / "Dockerfile"
    dockerfile.write_text("FROM scratch\n")

    with pytest.raises(EngineUnavailableError, match="add one"):
        default_base(dockerfile)


def test_a_build_can_be_handed_secrets():
    """Only BuildKit hands them over without a layer that keeps them."""
    environment = build_environment({"PATH": "/bin"}, "unix:///run/docker.sock")

    assert {"PATH": "/bin", "DOCKER_HOST": "unix:///run/docker.sock", "DOCKER_BUILDKIT": "1"} == environment
