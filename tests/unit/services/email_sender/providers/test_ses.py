import asyncio
import json
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from email_sender.providers.protocol import (
    Handover,
    PermanentError,
    ThrottledError,
    TransientError,
    UnavailableError,
    UncertainError,
)
from email_sender.providers.ses import CONNECT_SECONDS, SesProvider, ses_client
from tests.unit.services.raw_server import HANGS_UP, SILENT, http
from tests.waiting import SOON

_TAKEN = http('{"MessageId": "m-1"}', Content_Type="application/json")
_BRIEF_SECONDS = 1.0


class FakeClient:
    """Keeps what it was asked to send, or fails."""

    def __init__(self, error: Exception | None = None, account: dict | None = None) -> None:
        self.error = error
        self.account = account
        self.asked = []

    async def send_email(self, **asked):
        """Keep the request."""
        if self.error is not None:
            raise self.error
        self.asked.append(asked)
        return {"MessageId": "m-1"}

    async def get_account(self):
        """Tell how the account is."""
        if self.error is not None:
            raise self.error
        return self.account


def _error(code, message="no", status=400):
    answer = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(answer, "SendEmail")


def _refusal(code, message, status="400 Bad Request"):
    return http(json.dumps({"message": message}), status, x_amzn_ErrorType=code)


@pytest.fixture
def identity(aws, moto_url):
    """An address that SES lets us send from."""
    client = boto3.client("sesv2", endpoint_url=moto_url, region_name="eu-central-1")
    client.create_email_identity(EmailIdentity="us@example.com")
    client.close()
    return "us@example.com"


async def test_ses_takes_the_mail(identity, mail):
    """A mail from a verified address is sent."""
    async with ses_client(region="eu-central-1", timeout_seconds=SOON, connections=1) as client:
        provider = SesProvider(client)
        assert await provider.send(mail(sender=identity), Handover()) is None
        await provider.close()


@pytest.mark.usefixtures("aws")
async def test_unverified_sender(mail):
    """What SES itself answers becomes a typed error."""
    async with ses_client(region="eu-central-1", timeout_seconds=SOON, connections=1) as client:
        with pytest.raises(UnavailableError, match="MessageRejected"):
            await SesProvider(client).send(mail(sender="nobody@example.org"), Handover())


async def test_says_everything(mail):
    """Addresses, subject, text and the notification's id all reach SES."""
    client = FakeClient()

    await SesProvider(client).send(mail(notification_id="id-7", traceparent="00-a-b-01"), Handover())

    [asked] = client.asked
    assert "us@example.com" == asked["FromEmailAddress"]
    assert {"ToAddresses": ["ada@example.com"]} == asked["Destination"]
    simple = asked["Content"]["Simple"]
    assert "Hello" == simple["Subject"]["Data"]
    assert "Good morning" == simple["Body"]["Text"]["Data"]
    assert [
        {"Name": "X-Notification-Id", "Value": "id-7"},
        {"Name": "traceparent", "Value": "00-a-b-01"},
        {"Name": "Auto-Submitted", "Value": "auto-generated"},
    ] == simple["Headers"]
    assert {"FromEmailAddress", "Destination", "Content"} == set(asked)


async def test_says_what_its_events_come_back_by(mail):
    """With a configuration set each mail is tagged with its notification and its attempt."""
    client = FakeClient()

    await SesProvider(client, "staging").send(mail(notification_id="id-7", attempt=2), Handover())

    [asked] = client.asked
    assert "staging" == asked["ConfigurationSetName"]
    assert [
        {"Name": "notification_id", "Value": "id-7"},
        {"Name": "attempt", "Value": "2"},
    ] == asked["EmailTags"]


@pytest.fixture
def ses(raw_server, aws, monkeypatch):
    """A provider whose SES answers with whatever bytes, to be entered."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", raw_server.url)
    raw_server.answers = [_TAKEN]

    @asynccontextmanager
    async def entered(*, seconds=SOON, connections=1):
        async with ses_client(
            region="eu-central-1", timeout_seconds=seconds, connections=connections
        ) as client:
            yield SesProvider(client)

    return entered


async def test_whoever_gives_up_knows_that_ses_may_have_the_mail(ses, raw_server, mail):
    """Once the request is written, an end without an answer leaves it unknown what became of the mail."""
    handover = Handover()
    raw_server.answers = [SILENT]

    async with ses() as provider:
        sending = asyncio.create_task(provider.send(mail(), handover))
        await raw_server.until_asked()
        sending.cancel()
        await asyncio.wait([sending])

    assert sending.cancelled()
    assert handover.begun


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (_refusal("MessageRejected", "Message contains a virus"), PermanentError),
        (_refusal("MessageRejected", "Sending paused for this account."), UnavailableError),
        (_refusal("AccessDeniedException", "", "403 Forbidden"), UnavailableError),
        (_refusal("TooManyRequestsException", "", "429 Too Many Requests"), ThrottledError),
        (_refusal("InternalFailure", "", "500 Internal Server Error"), UncertainError),
        (http("<html>", "502 Bad Gateway"), UncertainError),
        (http("", "503 Service Unavailable"), UncertainError),
        (http("upstream", "504 Gateway Timeout"), UncertainError),
        (http("<html>sign in</html>"), UncertainError),
        (http("{}"), UncertainError),
        (http("[]"), UncertainError),
        (http("7"), UncertainError),
        (http(b"\xff\xfe"), UncertainError),
        (http("<html>", "403 Forbidden"), UnavailableError),
        (b"nonsense\r\n\r\n", UncertainError),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", UncertainError),
        (HANGS_UP, UncertainError),
    ],
)
async def test_errors_have_types(ses, raw_server, mail, answer, kind):
    """What SES answers is whoever's fault it is; what cannot be read is uncertain once SES had the mail."""
    raw_server.answers, raw_server.closes = [answer], True

    async with ses() as provider:
        with pytest.raises(kind) as raised:
            await provider.send(mail(), Handover())

    assert kind is type(raised.value)
    assert 1 == len(raw_server.asked)


async def test_no_answer_in_time(ses, raw_server, mail):
    """Of a mail that SES had and did not answer nobody knows."""
    raw_server.answers = [SILENT]

    async with ses(seconds=_BRIEF_SECONDS) as provider:
        with pytest.raises(UncertainError):
            await provider.send(mail(), Handover())


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "http://nowhere.invalid", "https://{}"])
async def test_ses_that_cannot_be_reached_has_not_got_the_mail(ses, raw_server, mail, monkeypatch, url):
    """Nobody listens, no name, no TLS: nothing was handed over."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", url.format(f"127.0.0.1:{raw_server.port}"))
    handover = Handover()

    async with ses(seconds=_BRIEF_SECONDS) as provider:
        with pytest.raises(UnavailableError):
            await provider.send(mail(), handover)

    assert not handover.begun


async def test_a_mail_that_waits_for_a_connection_is_not_handed_over(ses, raw_server, mail):
    """With every connection taken, giving up leaves nothing unknown."""
    raw_server.answers = [SILENT]
    first, second = Handover(), Handover()

    async with ses(connections=1) as provider:
        sending = [asyncio.create_task(provider.send(mail(), each)) for each in (first, second)]
        await raw_server.until_asked()
        for task in sending:
            task.cancel()
        await asyncio.wait(sending)

    assert first.begun
    assert not second.begun
    assert 1 == len(raw_server.asked)


def _keys(minutes):
    expiry = datetime.now(UTC) + timedelta(minutes=minutes)
    return http(
        json.dumps(
            {
                "AccessKeyId": "AKIDEXAMPLE",
                "SecretAccessKey": "secret",
                "Token": "token",
                "Expiration": expiry.strftime("%Y-%m-%dT%H:%M:%SZ"),
            }
        )
    )


@pytest.fixture
def task_role(ses, raw_server, monkeypatch):
    """Credentials as ECS gives them, which are about to expire; what the endpoint says next is the test's."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{raw_server.url}/credentials")
    monkeypatch.setattr("botocore.utils.ContainerMetadataFetcher.SLEEP_TIME", 0)
    said = {"keys": _keys(minutes=1)}

    def answer(request):
        return said["keys"] if "/credentials" in request.line else _TAKEN

    raw_server.answers = [answer]
    return said


async def test_credentials_that_come_too_late(ses, raw_server, task_role, mail):
    """A mail whose credentials were still being fetched when its time was over was never handed over."""
    handover = Handover()
    async with ses() as provider:
        task_role["keys"] = SILENT
        asked = len(raw_server.asked)
        sending = asyncio.create_task(provider.send(mail(), handover))
        await raw_server.until_asked(asked + 1)
        sending.cancel()
        await asyncio.wait([sending])

    assert not handover.begun


@pytest.mark.parametrize("answer", [http("", "500 Broken"), http("<html>"), http("{}"), HANGS_UP])
async def test_credentials_that_cannot_be_had(ses, task_role, mail, answer):
    """A broken credentials endpoint is no mail's fault, and no mail is unknown for it."""
    handover = Handover()
    async with ses() as provider:
        task_role["keys"] = answer
        with pytest.raises(UnavailableError):
            await provider.send(mail(), handover)

    assert not handover.begun


async def test_expired_credentials_are_fetched_anew(ses, raw_server, task_role, mail):
    """Each mail is signed with keys that are still good."""
    async with ses() as provider:
        before = len(raw_server.asked)
        await provider.send(mail(), Handover())

    assert "/credentials" in raw_server.asked[before].line
    assert len(raw_server.asked) == before + 2


async def test_a_mail_that_no_request_can_be_made_of(mail):
    """It is that mail's trouble: others go on."""
    error = UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed")
    with pytest.raises(TransientError) as raised:
        await SesProvider(FakeClient(error)).send(mail(), Handover())
    assert type(raised.value) is TransientError


_HEALTHY = {
    "SendingEnabled": True,
    "ProductionAccessEnabled": True,
    "EnforcementStatus": "HEALTHY",
    "SendQuota": {"Max24HourSend": 200.0, "MaxSendRate": 1.0, "SentLast24Hours": 12.0},
}


@pytest.mark.parametrize(
    "account",
    [
        _HEALTHY,
        _HEALTHY | {"EnforcementStatus": "PROBATION"},
        _HEALTHY | {"SendQuota": {"Max24HourSend": -1.0, "SentLast24Hours": 9e9}},
        {},
    ],
)
async def test_probe_of_an_account_that_may_send(account):
    """SES would take a mail: the probe returns."""
    assert await SesProvider(FakeClient(account=account)).probe() is None


@pytest.mark.parametrize(
    ("change", "kind", "said"),
    [
        ({"SendingEnabled": False}, UnavailableError, "paused.*put-account-sending-attributes"),
        ({"EnforcementStatus": "SHUTDOWN"}, UnavailableError, "letter"),
        ({"SendQuota": {"Max24HourSend": 200, "SentLast24Hours": 200}}, ThrottledError, "200 of 200"),
        ({"SendQuota": {"Max24HourSend": 0, "SentLast24Hours": 0}}, ThrottledError, "0 of 0"),
    ],
)
async def test_probe_of_an_account_that_may_not(change, kind, said):
    """The probe says why SES would take no mail, and what to do."""
    with pytest.raises(kind, match=said) as raised:
        await SesProvider(FakeClient(account=_HEALTHY | change)).probe()
    assert kind is type(raised.value)


@pytest.mark.parametrize("code", ["AccessDenied", "AccessDeniedException", "TooManyRequestsException"])
async def test_probe_that_may_not_ask(code):
    """A role without ses:GetAccount, or too many questions, tells nothing: the next mail finds out."""
    assert await SesProvider(FakeClient(_error(code))).probe() is None


@pytest.mark.parametrize(
    "error",
    [
        EndpointConnectionError(endpoint_url="http://ses"),
        _error("ExpiredTokenException", status=403),
        _error("InternalFailure", status=500),
        ValueError("not JSON"),
    ],
)
async def test_probe_of_ses_in_trouble(error):
    """An SES that cannot be asked would take no mail either."""
    with pytest.raises(UnavailableError):
        await SesProvider(FakeClient(error)).probe()


@pytest.mark.parametrize(("seconds", "connect"), [(100, CONNECT_SECONDS), (4, 2)])
async def test_an_address_that_nobody_answers_at_takes_a_small_part_of_a_mails_time(
    environ, seconds, connect
):
    """SES may think about a mail for long, but takes a connection at once or not at all."""
    with environ({"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}):
        async with ses_client(region="eu-central-1", timeout_seconds=seconds, connections=1) as client:
            assert (connect, seconds) == (client.meta.config.connect_timeout, client.meta.config.read_timeout)
