import asyncio

import pytest
import structlog
from botocore.exceptions import EndpointConnectionError

from shared.process import StartupError
from shared.sqs.client import sqs_client
from shared.sqs.queue_url import resolve_queue_url
from tests.waiting import SOON

pytestmark = pytest.mark.usefixtures("aws")


class Flaky:
    """Cannot be reached a number of times."""

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.asked = asyncio.Event()

    async def get_queue_url(self, **_):
        """Fail, or answer."""
        self.asked.set()
        if self.failures:
            self.failures -= 1
            raise EndpointConnectionError(endpoint_url="http://sqs")
        return {"QueueUrl": "http://sqs/q"}


async def test_asks_sqs(queue):
    """The URL is what GetQueueUrl answers for the name."""
    async with sqs_client(region="eu-central-1", read_seconds=5, connections=1) as client:
        assert queue.url == await resolve_queue_url(client, queue.name, asyncio.Event())


async def test_asks_again():
    """A queue that cannot be reached at first is asked again."""
    assert "http://sqs/q" == await resolve_queue_url(Flaky(1), "q", asyncio.Event())


async def test_an_answer_without_a_url_is_none():
    """It ends neither the asking nor the process."""

    class Empty(Flaky):
        async def get_queue_url(self, **_):
            self.failures += 1
            return {} if self.failures == 1 else {"QueueUrl": "http://sqs/q"}

    assert "http://sqs/q" == await resolve_queue_url(Empty(0), "q", asyncio.Event())


async def test_tasks_that_start_together_do_not_ask_together():
    """The same pause is shorter or longer from task to task, and never more than it."""
    with structlog.testing.capture_logs() as logs:
        for jitter in (0.0, 0.5):
            await resolve_queue_url(Flaky(1), "q", asyncio.Event(), jitter=lambda jitter=jitter: jitter)

    assert [0.2, 0.4] == [log["again_in_seconds"] for log in logs]


async def test_gives_up_with_what_to_do():
    """When the budget is spent the error names the setting, the permission and the cause."""
    async with sqs_client(region="eu-central-1", read_seconds=5, connections=1) as client:
        with pytest.raises(StartupError, match=r"QUEUE_NAME.*sqs:GetQueueUrl.*NonExistentQueue"):
            await resolve_queue_url(client, "no-such-queue", asyncio.Event(), budget_seconds=0)


async def test_stops_when_told_to():
    """SIGTERM during the retries ends them at once."""
    stop, client = asyncio.Event(), Flaky(1000)
    resolving = asyncio.create_task(resolve_queue_url(client, "q", stop))
    await client.asked.wait()
    stop.set()

    assert None is await asyncio.wait_for(resolving, SOON)
