import json
import threading
import urllib.request

import httpx
import pytest

from notification_api.__main__ import run
from notification_api.settings import ApiSettings
from serving.server import listen

_TASK = {
    "SERVICE_NAME": "notification-api",
    "ENVIRONMENT": "test",
    "PORT": "0",
    "QUEUE_NAME": "notifications",
    "AWS_REGION": "eu-central-1",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
}


def _post(address):
    content = json.dumps({"recipient": "ada@example.com", "subject": "Hello", "body": "Hi"}).encode()
    request = urllib.request.Request(
        f"http://{address}/v1/notifications", content, {"content-type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        return response.status, json.load(response)


def _free_port():
    with listen("127.0.0.1", 0) as at:
        return at.getsockname()[1]


async def test_runs_until_stopped(aws_environment, environ, queue, running, eventually):
    """From settings to a confirmed notification, in one piece."""
    port = _free_port()
    with environ({**_TASK, **aws_environment, "QUEUE_NAME": queue.name, "PORT": str(port)}):
        settings = ApiSettings()
        async with running(lambda stop: run(settings, stop)), httpx.AsyncClient() as client:

            @eventually
            async def ready():
                try:
                    response = await client.get(f"http://127.0.0.1:{port}/readyz")
                except httpx.TransportError as error:
                    raise AssertionError from error
                assert response.status_code == 200

            await ready()
            content = {"recipient": "ada@example.com", "subject": "Hello", "body": "Hi"}
            response = await client.post(f"http://127.0.0.1:{port}/v1/notifications", json=content)

    assert [response.json()["id"]] == [body["id"] for body in queue.bodies()]


def test_request_in_flight_at_sigterm_is_answered(start_service, held_sqs):
    """SIGTERM waits for the queue's confirmation: the caller gets 202, and the process ends with 0."""
    service = start_service("notification_api", {**_TASK, "AWS_ENDPOINT_URL_SQS": held_sqs.url})
    service.wait_until_serving()
    answers = []
    posting = threading.Thread(target=lambda: answers.append(_post(service.address)))
    posting.start()
    assert held_sqs.asked.wait(10)

    service.terminate()
    held_sqs.go_on.set()
    posting.join(10)

    assert service.exit_code() == 0
    [(status, accepted)] = answers
    assert status == 202
    assert [accepted["id"]] == [body["id"] for body in held_sqs.bodies]
    assert "stopped" in service.events
    assert sum(line.get("NotificationsAccepted", 0) for line in service.lines) == 1


def test_sigterm_while_the_queue_is_looked_for(start_service):
    """A task that is stopped before it could start ends at once with 0."""
    service = start_service("notification_api", {**_TASK, "AWS_ENDPOINT_URL_SQS": "http://127.0.0.1:9"})
    assert service.wait_for_event("queue_url_unknown")["queue"] == "notifications"

    service.terminate()

    assert service.exit_code() == 0
    assert "serving" not in service.events


@pytest.mark.parametrize("package", ["notification_api", "email_sender"])
def test_missing_queue_name(start_service, package):
    """A task definition without QUEUE_NAME is one clear line and exit code 2."""
    given = {name: value for name, value in _TASK.items() if name != "QUEUE_NAME"}
    sender = {"MAIL_PROVIDER": "ses", "MAIL_FROM": "us@example.com"}
    process = start_service(package, {**given, **sender}).process

    output, errors = process.communicate(timeout=15)

    assert process.returncode == 2
    assert output == ""
    assert errors == "settings: QUEUE_NAME is not set: give it in the task definition's environment\n"
