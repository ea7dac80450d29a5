import os
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError, EndpointConnectionError

from stage.control_plane.aws import Aws, in_words

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


def test_where_aws_is_says_nothing_of_who_calls():
    """A task finds credentials of its own; a key in its environment would win over them."""
    assert {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"} == AWS.environment().keys() - AWS.location().keys()


def test_clients_may_act_with_other_credentials():
    """At the same addresses; the stage's own clients stay the stage's."""
    other = AWS.acting_as(Credentials("ASIAOTHER", "secret", "token"))

    assert ("ASIAOTHER", "token") == _signed_with(other.ssm)
    assert ("stage", "") == _signed_with(AWS.ssm)
    assert AWS.sqs.meta.endpoint_url == other.sqs.meta.endpoint_url
    assert AWS.ssm.meta.region_name == other.ssm.meta.region_name


def test_what_aws_is_like_is_read_once(monkeypatch):
    """A task's clients are made in milliseconds."""
    assert AWS.ssm
    monkeypatch.setattr("botocore.session.create_loader", lambda *_: pytest.fail("reads again"))

    assert AWS.acting_as(Credentials("ASIAOTHER", "secret", "token")).ssm


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            ClientError({"Error": {"Code": "Denied", "Message": "You may not."}}, "Read"),
            "Denied: You may not.",
        ),
        (ClientError({"Error": {"Code": "503"}}, "Read"), "503: "),
        (
            EndpointConnectionError(endpoint_url="http://127.0.0.1:9"),
            'RequestError: Could not connect to the endpoint URL: "http://127.0.0.1:9"',
        ),
    ],
)
def test_a_failed_call_is_told_in_a_sentence(error, words):
    """With the code that policies and runbooks name it by."""
    assert words == in_words(error)


def _signed_with(client):
    """Access key and session token of a client's calls."""
    url = client.generate_presigned_url("get_parameter", {"Name": "n"})
    asked = parse_qs(urlsplit(url).query)
    return asked["X-Amz-Credential"][0].partition("/")[0], asked.get("X-Amz-Security-Token", [""])[0]
