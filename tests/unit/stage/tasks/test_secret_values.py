import json

import pytest
from botocore.credentials import Credentials
from botocore.exceptions import BotoCoreError

from stage.control_plane.aws import Aws
from stage.errors import StageError
from stage.tasks.secret_values import read_secrets

ARN = "arn:aws"


class NoCredentialsError(BotoCoreError):
    """There are none."""

    fmt = "none"


class NoCredentials(Credentials):
    """Credentials that cannot be renewed."""

    def __init__(self):
        super().__init__("", "")

    def get_frozen_credentials(self):
        """Fail."""
        raise NoCredentialsError


@pytest.fixture
def secret(aws):
    """A secret of two keys; gives its ARN."""
    text = json.dumps({"user": "ann", "password": "first"})
    arn = aws.secretsmanager.create_secret(Name="demo/smtp", SecretString=text)["ARN"]
    return str(arn)


@pytest.mark.parametrize(
    "value_from", ["/demo/token", "arn:aws:ssm:eu-central-1:123456789012:parameter/demo/token"]
)
def test_a_parameter_is_read_by_name_or_arn(aws, value_from):
    """Parameter Store values arrive decrypted."""
    aws.ssm.put_parameter(Name="/demo/token", Value="t0ken", Type="SecureString")

    assert {"TOKEN": "t0ken"} == read_secrets({"TOKEN": value_from}, aws)


def test_a_parameter_without_path_keeps_its_name(aws):
    """An ARN ending in one segment means a name without a slash."""
    aws.ssm.put_parameter(Name="token", Value="t0ken", Type="String")
    arn = "arn:aws:ssm:eu-central-1:123456789012:parameter/token"

    assert {"TOKEN": "t0ken"} == read_secrets({"TOKEN": arn}, aws)


def test_a_whole_secret_is_its_text(aws, secret):
    """Without a JSON key the secret is not looked into."""
    assert {"user": "ann", "password": "first"} == json.loads(read_secrets({"S": secret}, aws)["S"])


def test_a_json_key_picks_one_value(aws, secret):
    """The part after the ARN names the key."""
    assert {"PASSWORD": "first"} == read_secrets({"PASSWORD": f"{secret}:password::"}, aws)


def test_a_version_stage_picks_an_earlier_value(aws, secret):
    """The part after the JSON key names the stage."""
    aws.secretsmanager.put_secret_value(SecretId=secret, SecretString=json.dumps({"password": "second"}))

    assert {"NOW": "second", "BEFORE": "first"} == read_secrets(
        {"NOW": f"{secret}:password::", "BEFORE": f"{secret}:password:AWSPREVIOUS:"}, aws
    )


def test_parameters_are_read_ten_at_a_time(aws, monkeypatch):
    """All that one GetParameters takes, each name once, and decrypted."""
    asked = []
    read = aws.ssm.get_parameters
    monkeypatch.setattr(aws.ssm, "get_parameters", lambda **names: asked.append(names) or read(**names))
    for number in range(11):
        aws.ssm.put_parameter(Name=f"/demo/{number}", Value=str(number), Type="String")
    references = {f"N{number}": f"/demo/{number}" for number in range(11)} | {"AGAIN": "/demo/0"}

    values = read_secrets(references, aws)

    assert {**{f"N{number}": str(number) for number in range(11)}, "AGAIN": "0"} == values
    assert [(10, True), (1, True)] == [(len(one["Names"]), one["WithDecryption"]) for one in asked]


def test_parameters_that_are_not_there_are_named(aws):
    """All of them, in ECS's words."""
    aws.ssm.put_parameter(Name="/demo/token", Value="t0ken", Type="String")
    references = {"A": "/demo/lost", "B": "/demo/token", "C": "gone"}

    with pytest.raises(StageError) as told:
        read_secrets(references, aws)

    assert (
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval "
        "failed: unable to retrieve secrets from ssm: service call has been retried 1 time(s): "
        "invalid ssm parameters: /demo/lost,gone"
    ) == str(told.value)


def test_a_secret_that_is_not_there_is_named(aws):
    """In ECS's words, with those of Secrets Manager."""
    arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:lost-AbCdEf"

    with pytest.raises(StageError) as told:
        read_secrets({"TOKEN": f"{arn}:pin::"}, aws)

    assert str(told.value).startswith(
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval "
        "failed: unable to retrieve secret from asm: service call has been retried 1 time(s): "
        f"failed to fetch secret {arn} from secrets manager: ResourceNotFoundException: "
    )


@pytest.mark.parametrize(
    ("value_from", "what"),
    [("/demo/token", "secrets from ssm"), (f"{ARN}:secretsmanager:r:a:secret:s", "asm")],
)
def test_what_does_not_answer_is_told(value_from, what):
    """A task does not start without its secrets."""
    nobody = Aws("http://127.0.0.1:1", "http://127.0.0.1:1").acting_as(NoCredentials())

    with pytest.raises(StageError, match=f"unable to retrieve .*{what}: .* RequestError: none"):
        read_secrets({"TOKEN": value_from}, nobody)


def test_a_missing_json_key_does_not_show_the_secret(aws, secret):
    """Neither the message nor its cause carries a value."""
    with pytest.raises(StageError, match=r"did not contain json key pin$") as caught:
        read_secrets({"PIN": f"{secret}:pin::"}, aws)

    assert "first" not in str(caught.value)
    assert caught.value.__suppress_context__
