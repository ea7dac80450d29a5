import asyncio
from datetime import UTC, datetime

import pytest
from structlog.testing import capture_logs

from notification_api.authentication import Caller
from notification_api.client_limits import TokenBucket
from notification_api.deliveries import Deliveries, DeliveriesUnavailableError, open_deliveries
from notification_api.key_ring import Client
from shared.status import CLIENT_ID_HEADER, DeliveryStatus, TimelineEvent
from tests.waiting import SOON

_TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
_CALLER = Caller(Client("team-a", (), TokenBucket(1, 1)), _TRACEPARENT)
_SENT = DeliveryStatus(
    id="n1",
    state="sent",
    attempts=1,
    timeline=[TimelineEvent(at=datetime(2026, 11, 1, tzinfo=UTC), event="sent", attempt=1)],
)


@pytest.fixture
def deliveries(monkeypatch, session, email_sender):
    """Deliveries of the fake Email Sender, which has all the time it needs on a busy host."""
    monkeypatch.setattr("notification_api.deliveries._TOTAL_SECONDS", SOON)
    return Deliveries(session, email_sender.url + "/", attempt_seconds=SOON)


@pytest.fixture
def impatient(session, email_sender):
    """Deliveries that give an attempt up while the next one, which is answered at once, has time enough."""
    return Deliveries(session, email_sender.url, attempt_seconds=1)


async def test_asks_for_whom_it_is(deliveries, email_sender):
    """The Email Sender learns which notification, whose it has to be, and in which trace it is asked."""
    email_sender.answers = [_SENT.model_dump_json()]

    assert _SENT == await deliveries.status("n1", _CALLER)

    [asked] = email_sender.asked
    assert "/v1/deliveries/n1" == asked.path
    assert ("team-a", _TRACEPARENT) == (asked.headers[CLIENT_ID_HEADER], asked.headers["traceparent"])


async def test_not_seen_yet(deliveries, email_sender):
    """What the Email Sender does not know is None, and is not asked for twice."""
    assert None is await deliveries.status("n1", _CALLER)
    assert 1 == len(email_sender.asked)


@pytest.mark.parametrize("failure", [502, 503, 504, "hang up"])
async def test_asks_a_second_time(deliveries, email_sender, failure):
    """A task that is just being replaced does not make the question fail."""
    email_sender.answers = [failure, _SENT.model_dump_json()]

    assert _SENT == await deliveries.status("n1", _CALLER)

    assert 2 == len(email_sender.asked)


async def test_asks_a_second_time_when_there_is_no_answer(impatient, email_sender):
    """A task that hangs is not waited for as long as the whole question may take."""
    held = asyncio.Event()
    email_sender.answers = [held, _SENT.model_dump_json()]

    assert _SENT == await impatient.status("n1", _CALLER)

    assert 2 == len(email_sender.asked)
    held.set()


@pytest.mark.parametrize(
    # aiohttp itself asks again when a connection breaks, so that two of ours are four.
    ("failure", "attempts"),
    [(503, 2), ("hang up", 4), (500, 1), (400, 1), ("nonsense", 1)],
)
async def test_gives_up(deliveries, email_sender, failure, attempts):
    """Two failures are enough, and what asking again would not change is asked once."""
    email_sender.answers = [failure]

    with pytest.raises(DeliveriesUnavailableError):
        await deliveries.status("n1", _CALLER)
    assert attempts == len(email_sender.asked)


async def test_nobody_listens(session):
    """A refused connection is an Email Sender that cannot be reached."""
    with pytest.raises(DeliveriesUnavailableError, match="ClientConnectorError"):
        await Deliveries(session, "http://127.0.0.1:9").status("n1", _CALLER)


async def test_whole_time_is_bounded(monkeypatch, session, email_sender):
    """However long one attempt may take, both together take no longer than the whole."""
    monkeypatch.setattr("notification_api.deliveries._TOTAL_SECONDS", 0.05)
    held = asyncio.Event()
    email_sender.answers = [held]

    with pytest.raises(DeliveriesUnavailableError, match=r"no answer within 0.05 s"):
        await asyncio.wait_for(
            Deliveries(session, email_sender.url, attempt_seconds=3600).status("n1", _CALLER), SOON
        )
    assert 1 == len(email_sender.asked)
    held.set()


async def test_no_email_sender(session):
    """Without an address nobody is asked."""
    with pytest.raises(DeliveriesUnavailableError, match="EMAIL_SENDER_URL is not set"):
        await Deliveries(session, "").status("n1", _CALLER)


async def test_outage_is_two_lines(deliveries, email_sender):
    """However many questions fail, the log has one line for the beginning and one for the end."""
    with capture_logs() as logs:
        for answer in (500, 500, 404, 404):
            email_sender.answers = [answer]
            try:
                await deliveries.status("n1", _CALLER)
            except DeliveriesUnavailableError:
                assert 500 == answer

    assert ["email_sender_unavailable", "email_sender_available"] == [line["event"] for line in logs]


async def test_connections_are_kept(email_sender):
    """Questions one after another share a connection, which is closed at the end."""
    async with open_deliveries(email_sender.url) as deliveries:
        for _ in range(3):
            await deliveries.status("n1", _CALLER)

    assert 1 == len({request.transport for request in email_sender.asked})
