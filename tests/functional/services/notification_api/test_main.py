import json
import threading
import urllib.request

import boto3
import pytest

from tests.unit.services.notification_api.conftest import KEY, key_entry
from tests.waiting import SOON, START

_TASK = {
    "SERVICE_NAME": "notification-api",
    "ENVIRONMENT": "test",
    "PORT": "0",
    "QUEUE_NAME": "notifications",
    "API_KEYS_SECRET": "api-keys-process",
    "AWS_REGION": "eu-central-1",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
}


@pytest.fixture
def keys_secret(moto_url):
    """Where the secret with the key of team-a is."""
    client = boto3.client(
        "secretsmanager",
        endpoint_url=moto_url,
        region_name="eu-central-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    text = json.dumps({"id_key": "ab" * 32, "clients": [key_entry("team-a", KEY)]})
    client.create_secret(Name=_TASK["API_KEYS_SECRET"], SecretString=text)
    yield {"AWS_ENDPOINT_URL_SECRETS_MANAGER": moto_url}
    client.delete_secret(SecretId=_TASK["API_KEYS_SECRET"], ForceDeleteWithoutRecovery=True)
    client.close()


def _post(address):
    content = json.dumps({"recipient": "ada@example.com", "subject": "Hello", "body": "Hi"}).encode()
    headers = {"content-type": "application/json", "authorization": f"Bearer team-a.{KEY}"}
    request = urllib.request.Request(f"http://{address}/v1/notifications", content, headers)
    with urllib.request.urlopen(request, timeout=START) as response:
        return response.status, json.load(response)


def test_request_in_flight_at_sigterm_is_answered(start_service, held_sqs, keys_secret):
    """SIGTERM waits for the queue's confirmation: the caller gets 202, and the process ends with 0."""
    environment = {**_TASK, **keys_secret, "AWS_ENDPOINT_URL_SQS": held_sqs.url}
    service = start_service("notification_api", environment)
    service.wait_until_serving()
    answers = []
    posting = threading.Thread(target=lambda: answers.append(_post(service.address)))
    posting.start()
    assert held_sqs.asked.wait(SOON)

    service.terminate()
    held_sqs.go_on.set()
    posting.join(SOON)

    assert 0 == service.exit_code()
    [(status, accepted)] = answers
    assert 202 == status
    assert [accepted["id"]] == [body["id"] for body in held_sqs.bodies]
    assert "stopped" in service.events
    assert 1 == sum(line.get("NotificationsAccepted", 0) for line in service.lines)


def test_sigterm_while_the_queue_is_looked_for(start_service):
    """A task that is stopped before it could start ends at once with 0."""
    service = start_service("notification_api", {**_TASK, "AWS_ENDPOINT_URL_SQS": "http://127.0.0.1:9"})
    assert "notifications" == service.wait_for_event("queue_url_unknown")["queue"]

    service.terminate()

    assert 0 == service.exit_code()
    assert "serving" not in service.events


@pytest.mark.parametrize("package", ["notification_api", "email_sender"])
def test_missing_queue_name(start_service, package):
    """A task definition without QUEUE_NAME is one clear line and exit code 2."""
    given = {name: value for name, value in _TASK.items() if name != "QUEUE_NAME"}
    sender = {
        "MAIL_PROVIDER": "ses",
        "MAIL_FROM": "us@example.com",
        "DEAD_LETTER_QUEUE_NAME": "dead-letters",
        "LEDGER_TABLE": "ledger",
    }
    process = start_service(package, {**given, **sender}).process

    output, errors = process.communicate(timeout=START)

    assert 2 == process.returncode
    assert "" == output
    assert "settings: QUEUE_NAME is not set: give it in the task definition's environment\n" == errors
