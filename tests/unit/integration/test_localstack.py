from types import SimpleNamespace

import pytest

from tests.integration import localstack
from tests.integration.localstack import SETTINGS, LocalStack

_URL = "http://127.0.0.1:4566"


@pytest.fixture
def events(monkeypatch):
    """What is asked of a LocalStack that is there at the second look, in order."""
    said = []
    health = iter([{}, dict.fromkeys(SETTINGS["SERVICES"].split(","), "running")])

    def look(url, **_):
        said.append(url.removeprefix(_URL))
        return SimpleNamespace(json=lambda: {"services": next(health)})

    class Clients:
        """Notes each call by its service."""

        def __init__(self, endpoints):
            assert {"AWS_ENDPOINT_URL": _URL} == endpoints

        def __call__(self, service):
            class Client:
                def __getattr__(self, call):
                    return lambda: said.append(service)

            return Client()

        def close(self):
            said.append("closed")

    monkeypatch.setattr(localstack.httpx, "get", look)
    monkeypatch.setattr(localstack, "AwsClients", Clients)
    return said


def _container():
    def wait_for(_, ask):
        while not ask():
            pass

    return SimpleNamespace(
        url=lambda _: _URL, wait_for=wait_for, start=lambda: None, wrapped=SimpleNamespace(start=lambda: None)
    )


@pytest.mark.parametrize("begin", [LocalStack.start, LocalStack.come_back])
def test_each_service_is_asked_once_before_anybody_uses_it(events, begin):
    """First requests side by side are refused: the first of them attaches a service's operations."""
    begin(LocalStack(_container()))

    looks = ["/_localstack/health"] * 2
    assert [*looks, *SETTINGS["SERVICES"].split(","), "closed"] == events
