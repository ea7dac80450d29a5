import httpx
import pytest

from email_sender.__main__ import run
from email_sender.settings import SenderSettings
from serving.server import listen


@pytest.fixture
def task(aws_environment, relay, queue):
    """The environment of a task whose mails go to the relay."""
    return {
        "SERVICE_NAME": "email-sender",
        "ENVIRONMENT": "test",
        "PORT": "0",
        "QUEUE_NAME": queue.name,
        "MAIL_PROVIDER": "smtp",
        "MAIL_FROM": "us@example.com",
        "SMTP_HOST": relay.host,
        "SMTP_PORT": str(relay.port),
        "SMTP_STARTTLS": "false",
        **aws_environment,
    }


async def test_runs_until_stopped(task, environ, relay, queue, message, running, eventually):
    """From a message on the queue to a mail at the relay, in one piece."""
    with listen("127.0.0.1", 0) as at:
        port = at.getsockname()[1]
    queue.put(message("id-1"))
    queue.put("malformed")

    @eventually
    async def sent():
        assert relay.ids == ["id-1"]
        assert queue.counts() == (0, 1)

    with environ({**task, "PORT": str(port)}):
        settings = SenderSettings()
        async with running(lambda stop: run(settings, stop)), httpx.AsyncClient() as client:
            await sent()
            assert (await client.get(f"http://127.0.0.1:{port}/healthz")).status_code == 200
            assert (await client.get(f"http://127.0.0.1:{port}/readyz")).status_code == 200


def test_mail_in_hand_at_sigterm_is_finished(start_service, task, relay, queue, message):
    """SIGTERM: the mail in hand is sent and deleted; what arrives afterwards stays for other tasks."""
    relay.go_on.clear()
    queue.put(message("in-hand"))
    service = start_service("email_sender", task)
    service.wait_until_serving()
    assert relay.receiving.wait(10)

    service.terminate()
    queue.put(message("too-late"))
    relay.go_on.set()

    assert service.exit_code() == 0
    assert relay.ids == ["in-hand"]
    assert queue.counts() == (1, 0)
    assert [body["id"] for body in queue.bodies()] == ["too-late"]
    assert sum(line.get("MailsSent", 0) for line in service.lines) == 1


def test_idle_task_does_not_sit_out_its_long_poll(start_service, task):
    """SIGTERM without work: the task is gone in seconds, although its long poll takes 20."""
    service = start_service("email_sender", task)
    service.wait_until_serving()

    service.terminate()

    assert service.exit_code(seconds=10) == 0
    assert "stopped" in service.events
    assert "shutdown_timeout" not in service.events


def test_mail_that_does_not_finish_is_released(start_service, task, relay, queue, message):
    """When SHUTDOWN_TIMEOUT_SECONDS are over, what is in hand is visible again at once."""
    relay.go_on.clear()
    queue.put(message("stuck"))
    service = start_service("email_sender", {**task, "SHUTDOWN_TIMEOUT_SECONDS": "0.2"})
    service.wait_until_serving()
    assert relay.receiving.wait(10)

    service.terminate()

    assert service.exit_code() == 0
    assert queue.counts() == (1, 0)
    assert "shutdown_timeout" in service.events


def test_sigterm_while_the_queue_is_looked_for(start_service, task):
    """A task that is stopped before it could start ends at once with 0."""
    service = start_service("email_sender", {**task, "AWS_ENDPOINT_URL": "http://127.0.0.1:9"})
    service.wait_for_event("queue_url_unknown")

    service.terminate()

    assert service.exit_code() == 0
