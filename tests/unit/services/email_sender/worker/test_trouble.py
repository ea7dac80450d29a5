import asyncio

import pytest
from structlog.testing import capture_logs

from tests.unit.services.email_sender.worker.fakes import FakeInbox
from tests.waiting import SOON


async def test_defect_in_one_message_stops_nobody(works, delivery, eventually):
    """A message that breaks the code is a line in the log; the worker goes on."""
    inbox = FakeInbox(1)
    delivery.error = ZeroDivisionError("defect")

    @eventually
    async def logged():
        assert "message_broke_the_worker" in [line["event"] for line in logs]

    with capture_logs() as logs:
        _, service = works(inbox, delivery)
        async with service:
            await logged()
            await asyncio.wait_for(inbox.polling.wait(), SOON)

    assert inbox.deleted == []


async def test_message_that_cannot_be_settled_is_logged(works, delivery, eventually):
    """A delete that SQS did not confirm is a warning: the mail may go out twice."""
    inbox = FakeInbox(1)
    inbox.settling_fails = True

    @eventually
    async def logged():
        found = [line for line in logs if line["event"] == "message_not_settled"]
        assert [(line["message_id"], line["action"]) for line in found] == [("0", "Delete")]

    with capture_logs() as logs:
        _, service = works(inbox, delivery)
        async with service:
            await logged()


async def test_outage_is_two_lines_and_readiness(works, delivery, monkeypatch):
    """Polls that fail are tried again; the log has the beginning and the end, readiness the reason."""
    monkeypatch.setattr("email_sender.lane._FIRST_PAUSE_SECONDS", 0.001)
    inbox = FakeInbox()
    inbox.failures = 3

    with capture_logs() as logs:
        worker, service = works(inbox, delivery)
        async with service:
            await asyncio.wait_for(inbox.polling.wait(), SOON)
            assert worker.trouble == "down"

    assert [line["event"] for line in logs] == ["queue_unavailable", "queue_available"]
    assert worker.trouble is None


async def test_defect_in_the_poll_ends_the_worker(make, delivery):
    """A worker that can poll no more ends with the error, so that ECS starts another task."""

    class Broken(FakeInbox):
        async def receive(self, _):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await make(Broken(), delivery).run(asyncio.Event(), shutdown_seconds=5)
