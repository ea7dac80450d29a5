import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest
from botocore.credentials import ReadOnlyCredentials

from shared.aws_client import TimeLimits, lean_client
from shared.aws_client.call import Call
from tests.unit.services.raw_server import http
from tests.waiting import SOON

REGION = "eu-central-1"
DONE = http('{"Successful": [{"Id": "0", "MessageId": "m"}], "Failed": []}')
KEYS = ReadOnlyCredentials("AKIDEXAMPLE", "secret", "session-token")
PATIENT = TimeLimits(SOON, SOON)


class FakeCredentials:
    """Keys that are renewed from call to call; an error among them is raised, an event waited for."""

    def __init__(self) -> None:
        self.keys = [KEYS]

    async def get_frozen_credentials(self):
        """The keys of this call."""
        keys = self.keys[0] if len(self.keys) == 1 else self.keys.pop(0)
        if isinstance(keys, asyncio.Event):
            await keys.wait()
        if isinstance(keys, Exception):
            raise keys
        return keys


@pytest.fixture
def credentials():
    """Credentials of a task role."""
    return FakeCredentials()


@pytest.fixture
def pauses():
    """Every pause between two attempts, none of which is waited for."""
    return []


@pytest.fixture
async def call(raw_server, credentials, pauses, aws, monkeypatch):
    """Makes an operation of the raw server's, whose pauses are none."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", raw_server.url)
    raw_server.answers = [DONE]

    async def no_pause(seconds):
        pauses.append(seconds)

    async with AsyncExitStack() as stack:

        async def make(
            operation="SendMessageBatch", service="sqs", *, limits=PATIENT, keys=credentials, connections=10
        ):
            client = await stack.enter_async_context(
                lean_client(
                    service, {operation: limits}, region=REGION, limits=limits, connections=connections
                )
            )
            made = next(value for value in vars(client).values() if isinstance(value, Call))
            signed_by_the_test = replace(made._endpoint, credentials=keys)  # noqa: SLF001 - made as it is for real
            return Call(signed_by_the_test, operation, limits, sleep=no_pause)

        yield make
