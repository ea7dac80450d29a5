import os

from stage.control_plane.aws import Aws

AWS = Aws("http://127.0.0.1:1", "http://127.0.0.1:2", "eu-central-1")


def test_sqs_has_an_endpoint_of_its_own():
    """Every other service answers at the first endpoint."""
    assert "http://127.0.0.1:2" == AWS.sqs.meta.endpoint_url
    assert "http://127.0.0.1:1" == AWS.ecs.meta.endpoint_url == AWS.autoscaling.meta.endpoint_url


def test_a_client_is_made_once():
    """All threads share one client a service."""
    assert AWS.ecs is AWS.ecs


def test_a_persons_own_profile_is_not_looked_for(monkeypatch):
    """A profile in the environment that does not exist here does no harm."""
    monkeypatch.setenv("AWS_PROFILE", "somebody")

    aws = Aws("http://127.0.0.1:1", "http://127.0.0.1:2")

    assert "eu-west-1" == aws.ecs.meta.region_name


def test_the_environment_points_a_program_at_both_endpoints(monkeypatch):
    """It has region, credentials and endpoints, and nothing of this process's own."""
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("AWS_CA_BUNDLE", "/ca.pem")

    environment = AWS.environment()

    assert "http://127.0.0.1:1" == environment["AWS_ENDPOINT_URL"]
    assert "http://127.0.0.1:2" == environment["AWS_ENDPOINT_URL_SQS"]
    assert "eu-central-1" == environment["AWS_REGION"] == environment["AWS_DEFAULT_REGION"]
    assert os.devnull == environment["AWS_CONFIG_FILE"]
    assert not {name for name in environment if "PROXY" in name.upper() or "CA_BUNDLE" in name}
