import io
import math
from datetime import UTC, datetime
from uuid import uuid4

import boto3
import pytest

from email_sender.mail import Mail
from email_sender.service import run
from email_sender.settings import SenderSettings
from shared.http.server import listen
from shared.message import NotificationMessage
from shared.metrics import Metrics
from tests.unit.services.email_sender.relay import Relay
from tests.waiting import SOON, START


@pytest.fixture
def start_relay():
    """Starts a relay with this behaviour; `host` and `port` say where."""
    started = []

    def start(certificate=None, logins=None, *, implicit_tls=False, **behaviour: object) -> Relay:
        relay = Relay(certificate=certificate, logins=logins)
        relay.start(implicit_tls=implicit_tls)
        started.append(relay)
        relay.tell(**behaviour)
        return relay

    yield start
    for relay in started:
        relay.stop()


@pytest.fixture
def relay(start_relay) -> Relay:
    """A relay that takes mails from anybody."""
    return start_relay()


@pytest.fixture
def task(aws_environment, relay, queue, dead_letter_queue, ledger_table):
    """The environment of a task whose mails go to the relay, on a host of any speed."""
    return {
        "SERVICE_NAME": "email-sender",
        "ENVIRONMENT": "test",
        "PORT": "0",
        "QUEUE_NAME": queue.name,
        "DEAD_LETTER_QUEUE_NAME": dead_letter_queue.name,
        "LEDGER_TABLE": ledger_table,
        "MAIL_PROVIDER": "smtp",
        "MAIL_FROM": "us@example.com",
        "SMTP_HOST": relay.host,
        "SMTP_PORT": str(relay.port),
        "SMTP_STARTTLS": "false",
        "SEND_TIMEOUT_SECONDS": str(SOON),
        "VISIBILITY_TIMEOUT_SECONDS": str(math.ceil(6 * SOON)),
        "SHUTDOWN_TIMEOUT_SECONDS": str(START),
        **aws_environment,
    }


@pytest.fixture
def port():
    """A port that was free a moment ago."""
    with listen("127.0.0.1", 0) as at:
        return at.getsockname()[1]


@pytest.fixture
def service(task, environ, port, running):
    """The whole service in this loop, with these settings changed."""

    def start(**changes: str):
        with environ({**task, "PORT": str(port), **changes}):
            settings = SenderSettings()
            return running(lambda stop: run(settings, stop))

    return start


@pytest.fixture
def message():
    """The JSON of a message with this id and these fields changed."""

    def make(notification_id: str = "id-1", **changes: object) -> str:
        fields = {
            "recipient": "ada@example.com",
            "subject": "Hello",
            "body": "Good morning",
            "accepted_at": datetime.now(UTC),
        }
        return NotificationMessage(id=notification_id, **{**fields, **changes}).to_json()

    return make


@pytest.fixture
def mail():
    """A mail with these fields changed."""

    def make(**changes: str) -> Mail:
        fields = {
            "notification_id": "id-1",
            "sender": "us@example.com",
            "recipient": "ada@example.com",
            "subject": "Hello",
            "body": "Good morning",
        }
        return Mail(**{**fields, **changes})

    return make


@pytest.fixture
def emf():
    """What the metrics wrote."""
    return io.StringIO()


@pytest.fixture
def metrics(emf):
    """Metrics of the Email Sender, into `emf`."""
    return Metrics("email-sender", "test", stream=emf)


@pytest.fixture(scope="session")
def dynamodb_api(moto_url):
    """A boto3 client of moto's DynamoDB."""
    client = boto3.client(
        "dynamodb",
        endpoint_url=moto_url,
        region_name="eu-central-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    yield client
    client.close()


@pytest.fixture
def ledger_table(dynamodb_api):
    """Name of a ledger table of the test's own."""
    name = f"ledger-{uuid4()}"
    dynamodb_api.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "notification_id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "notification_id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    yield name
    dynamodb_api.delete_table(TableName=name)
