import http.client
import json
from datetime import datetime, timedelta
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from aiobotocore.session import get_session
from botocore.credentials import ContainerProvider
from botocore.exceptions import CredentialRetrievalError
from botocore.utils import ContainerMetadataFetcher

from stage.tasks.credentials import LIFETIME
from stage.tasks.credentials_endpoint import CredentialsEndpoint
from tests.waiting import SOON

ROLE = "arn:aws:iam::123456789012:role/api"


@pytest.fixture
def sessions():
    """Sessions that the emulated AWS was told of."""
    return []


@pytest.fixture
def serve(sessions):
    """Serves credentials that last for so long; gives the endpoint."""
    endpoints = []

    def serve(lifetime=LIFETIME):
        reports = SimpleNamespace(session=sessions.append, end_sessions=lambda _: sessions.clear())
        endpoints.append(CredentialsEndpoint("127.0.0.1", [reports], lifetime))
        return endpoints[0].credentials

    yield serve
    for endpoint in endpoints:
        endpoint.close()


def loaded(variables):
    """What botocore makes of these variables."""
    fetcher = ContainerMetadataFetcher(sleep=lambda _: None)
    return ContainerProvider(variables, fetcher).load()


def test_an_sdk_finds_its_credentials(serve, sessions):
    """By the two variables, and keeps them as long as it may."""
    found = loaded(serve().environment("0a1b", ROLE))

    assert "container-role" == found.method
    frozen = [found.get_frozen_credentials() for _ in range(3)]
    assert {(sessions[0].caller.access_key_id, sessions[0].token)} == {
        (one.access_key, one.token) for one in frozen
    }
    assert 1 == len(sessions)


def test_an_sdk_renews_them_before_they_expire(serve, sessions):
    """Without anybody's doing: here at the next call, as they last less than it wants them to."""
    found = loaded(serve(timedelta(minutes=5)).environment("0a1b", ROLE))

    renewed = found.get_frozen_credentials()

    assert sessions[0].caller.access_key_id != sessions[1].caller.access_key_id == renewed.access_key


async def test_the_services_sdk_finds_them_too(serve, sessions, monkeypatch):
    """The provider is aiobotocore's own; it stands behind the environment's own keys."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in serve().environment("0a1b", ROLE).items():
        monkeypatch.setenv(name, value)
    session = get_session()
    for name in ("config_file", "credentials_file"):
        session.set_config_variable(name, "/dev/null")

    frozen = await (await session.get_credentials()).get_frozen_credentials()

    assert sessions[0].caller.access_key_id == frozen.access_key


def test_an_sdk_with_another_token_finds_none(serve):
    """It is told why by the agent's own words."""
    variables = serve().environment("0a1b", ROLE)

    with pytest.raises(CredentialRetrievalError, match="InvalidIdInRequest"):
        loaded({**variables, "AWS_CONTAINER_AUTHORIZATION_TOKEN": "other"})


def test_no_request_is_logged(serve, capfd, caplog):
    """Neither the answer nor who asked."""
    variables = serve().environment("0a1b", ROLE)
    url = urlsplit(variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"])
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=SOON)
    connection.request(
        "GET", f"{url.path}?a=b", headers={"Authorization": variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"]}
    )
    answer = connection.getresponse()
    given = json.loads(answer.read())
    connection.close()

    assert (200, "application/json") == (answer.status, answer.getheader("Content-Type"))
    assert datetime.fromisoformat(given["Expiration"]).tzinfo is not None
    assert ("", "", "") == (*capfd.readouterr(), caplog.text)
