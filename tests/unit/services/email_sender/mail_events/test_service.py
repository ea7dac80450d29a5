import httpx
import pytest

from shared.status import CLIENT_ID_HEADER, STATUS_PATH


@pytest.fixture
def events_queue(priority_queue):
    """The queue on which SES says what became of mails."""
    return priority_queue


@pytest.fixture(autouse=True)
def _short_last_receive(monkeypatch):
    """No test waits for what might still arrive after the stop."""
    monkeypatch.setattr("email_sender.worker._LAST_RECEIVE_SECONDS", 0.01)


@pytest.fixture
def reading(service, events_queue, dead_letter_queue):
    """The whole service, told where SES's events are."""

    def start():
        return service(
            MAIL_EVENTS_QUEUE_NAME=events_queue.name,
            MAIL_EVENTS_DEAD_LETTER_QUEUE_NAME=dead_letter_queue.name,
        )

    return start


@pytest.mark.usefixtures("aws")
async def test_a_mails_way_back(
    reading, port, relay, queue, events_queue, dead_letter_queue, message, ses_record, eventually
):
    """What SES says twice and in the wrong order ends as a status, a timeline and a suppressed address."""
    events_queue.put("malformed")
    queue.put(message("id-1", client_id="team-a"))

    async def status():
        answer = await client.get(
            f"http://127.0.0.1:{port}{STATUS_PATH}id-1", headers={CLIENT_ID_HEADER: "team-a"}
        )
        assert 200 == answer.status_code
        return answer.json()

    @eventually
    async def is_sent():
        assert ["id-1"] == relay.ids
        assert "sent" == (await status())["state"]

    @eventually
    async def has_come_back():
        assert (0, 0) == events_queue.counts()
        assert "complained" == (await status())["state"]

    async with reading(), httpx.AsyncClient() as client:
        await is_sent()
        for kind in ("Complaint", "Delivery", "Bounce", "Complaint", "Delivery"):
            events_queue.put(ses_record(kind))
        await has_come_back()
        timeline = (await status())["timeline"]

    told = [event["event"] for event in timeline if event["event"] in {"delivered", "bounced", "complained"}]
    assert ["delivered", "bounced", "complained"] == told
    assert ["id-1"] == relay.ids
    [letter] = dead_letter_queue.take()
    assert ("malformed", True) == (
        letter["Body"],
        letter["MessageAttributes"]["reason"]["StringValue"].startswith("malformed: "),
    )


@pytest.mark.usefixtures("aws")
async def test_whoever_bounced_gets_no_second_mail(
    reading, relay, queue, events_queue, dead_letter_queue, message, ses_record, eventually
):
    """A permanent bounce reaches the suppression list, and the next mail is a dead letter that says so."""
    events_queue.put(ses_record("Bounce", tags={"notification_id": ["forgotten"]}))

    @eventually
    async def is_read():
        assert (0, 0) == events_queue.counts()

    @eventually
    async def is_refused():
        assert (0, 0) == queue.counts()
        assert (1, 0) == dead_letter_queue.counts()

    async with reading():
        await is_read()
        queue.put(message("id-2"))
        await is_refused()

    [letter] = dead_letter_queue.take()
    assert "the recipient is on the suppression list" == letter["MessageAttributes"]["reason"]["StringValue"]
    assert [] == relay.ids
