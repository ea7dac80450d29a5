import boto3
import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)

from email_sender.providers.protocol import (
    Handover,
    PermanentError,
    ThrottledError,
    TransientError,
    UncertainError,
)
from email_sender.providers.ses import SesProvider, ses_client
from tests.waiting import SOON


class FakeClient:
    """Keeps what it was asked to send, or fails."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.asked = []

    async def send_email(self, **asked):
        """Keep the request."""
        if self.error is not None:
            raise self.error
        self.asked.append(asked)


def _error(code):
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "SendEmail")


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
        with pytest.raises(PermanentError, match="MessageRejected"):
            await SesProvider(client).send(mail(sender="nobody@example.org"), Handover())


async def test_says_everything(mail):
    """Addresses, subject, text and the notification's id all reach SES."""
    client = FakeClient()

    await SesProvider(client).send(mail(notification_id="id-7", traceparent="00-a-b-01"), Handover())

    [asked] = client.asked
    assert asked["FromEmailAddress"] == "us@example.com"
    assert asked["Destination"] == {"ToAddresses": ["ada@example.com"]}
    simple = asked["Content"]["Simple"]
    assert simple["Subject"]["Data"] == "Hello"
    assert simple["Body"]["Text"]["Data"] == "Good morning"
    assert simple["Headers"] == [
        {"Name": "X-Notification-Id", "Value": "id-7"},
        {"Name": "traceparent", "Value": "00-a-b-01"},
        {"Name": "Auto-Submitted", "Value": "auto-generated"},
    ]
    assert set(asked) == {"FromEmailAddress", "Destination", "Content"}


async def test_says_what_its_events_come_back_by(mail):
    """With a configuration set each mail is tagged with its notification and its attempt."""
    client = FakeClient()

    await SesProvider(client, "staging").send(mail(notification_id="id-7", attempt=2), Handover())

    [asked] = client.asked
    assert asked["ConfigurationSetName"] == "staging"
    assert asked["EmailTags"] == [
        {"Name": "notification_id", "Value": "id-7"},
        {"Name": "attempt", "Value": "2"},
    ]


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (_error("MessageRejected"), PermanentError),
        (_error("BadRequestException"), PermanentError),
        (_error("TooManyRequestsException"), ThrottledError),
        (_error("LimitExceededException"), ThrottledError),
        (_error("AccountSuspendedException"), TransientError),
        (_error("MailFromDomainNotVerifiedException"), TransientError),
        (_error("InternalServiceErrorException"), TransientError),
        (EndpointConnectionError(endpoint_url="http://ses"), TransientError),
        (ConnectTimeoutError(endpoint_url="http://ses"), TransientError),
        (ReadTimeoutError(endpoint_url="http://ses"), UncertainError),
        (ConnectionClosedError(endpoint_url="http://ses"), UncertainError),
    ],
)
async def test_errors_have_types(mail, error, kind):
    """What SES answers is permanent, throttled or transient; no answer is uncertain once it had the mail."""
    with pytest.raises(kind):
        await SesProvider(FakeClient(error)).send(mail(), Handover())


async def test_whoever_gives_up_knows_that_ses_may_have_the_mail(mail):
    """The request goes out in one piece, so an end in the middle of it leaves the outcome unknown."""
    handover = Handover()

    await SesProvider(FakeClient()).send(mail(), handover)

    assert handover.begun
