from tests.waiting import SOON


def test_mail_in_hand_at_sigterm_is_finished(start_service, task, relay, queue, message):
    """SIGTERM: the mail in hand is sent and deleted; what arrives afterwards stays for other tasks."""
    relay.tell(hang_at=["content"])
    queue.put(message("in-hand"))
    service = start_service("email_sender", task)
    service.wait_until_serving()
    assert relay.is_left_hanging("content")

    service.terminate()
    queue.put(message("too-late"))
    relay.tell(hang_at=[])

    assert 0 == service.exit_code()
    assert ["in-hand"] == relay.ids
    assert (1, 0) == queue.counts()
    assert ["too-late"] == [body["id"] for body in queue.bodies()]
    assert 1 == sum(line.get("MailsSent", 0) for line in service.lines)


def test_idle_task_does_not_sit_out_its_long_poll(start_service, task, held_sqs):
    """SIGTERM without work: the task ends although its long poll is never answered."""
    service = start_service("email_sender", {**task, "AWS_ENDPOINT_URL_SQS": held_sqs.url})
    service.wait_until_serving()
    assert held_sqs.asked.wait(SOON)

    service.terminate()

    assert 0 == service.exit_code()
    assert "stopped" in service.events
    assert "shutdown_timeout" not in service.events


def test_mail_that_does_not_finish_is_put_aside(
    start_service, task, relay, queue, dead_letter_queue, message
):
    """A mail that the relay never answers is put aside before the task ends, and not sent again."""
    relay.tell(hang_at=["content"])
    queue.put(message("stuck"))
    service = start_service("email_sender", {**task, "SEND_TIMEOUT_SECONDS": "2"})
    service.wait_until_serving()
    assert relay.is_left_hanging("content")

    service.terminate()

    assert 0 == service.exit_code()
    assert (0, 0) == queue.counts()
    [letter] = dead_letter_queue.take()
    assert "outcome unknown: no answer within 2 s" == letter["MessageAttributes"]["reason"]["StringValue"]
    assert "shutdown_timeout" not in service.events


def test_sigterm_while_the_queue_is_looked_for(start_service, task):
    """A task that is stopped before it could start ends at once with 0."""
    service = start_service("email_sender", {**task, "AWS_ENDPOINT_URL": "http://127.0.0.1:9"})
    service.wait_for_event("queue_url_unknown")

    service.terminate()

    assert 0 == service.exit_code()
