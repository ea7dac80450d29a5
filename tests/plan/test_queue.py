import json

import pytest

QUEUE = "notifications-staging-mail"
ARN = f"arn:aws:sqs:eu-central-1:123456789012:{QUEUE}"
DAY = 24 * 60 * 60


@pytest.fixture
def queue(staging):
    """The queue between the services."""
    return staging.one("aws_sqs_queue", name=QUEUE)


@pytest.fixture
def dead_letter_queue(staging):
    """Where messages go that could not be sent."""
    return staging.one("aws_sqs_queue", name=f"{QUEUE}-dead-letter")


def test_there_is_one_queue_and_its_dead_letter_queue(staging):
    """Nothing else is between the services."""
    assert len(staging.all("aws_sqs_queue")) == 2


def test_a_message_that_fails_five_times_goes_to_the_dead_letter_queue(queue):
    """No message is tried for ever, and none is lost."""
    redrive = json.loads(queue["redrive_policy"])
    assert redrive == {"deadLetterTargetArn": f"{ARN}-dead-letter", "maxReceiveCount": 5}


def test_the_dead_letter_queue_exists_first(staging):
    """SQS refuses a redrive policy that names a queue which is not there yet."""
    sources = staging.sources("module.queue.aws_sqs_queue.this", "redrive_policy")
    assert "module.queue.aws_sqs_queue.dead_letter" in sources


def test_only_this_queue_may_use_the_dead_letter_queue(dead_letter_queue):
    """Other queues of the account cannot fill it."""
    allowed = json.loads(dead_letter_queue["redrive_allow_policy"])
    assert allowed == {"redrivePermission": "byQueue", "sourceQueueArns": [ARN]}


def test_dead_letters_are_kept_longest(queue, dead_letter_queue):
    """A dead letter keeps its age, so its queue keeps it longer than the queue it came from."""
    assert dead_letter_queue["message_retention_seconds"] == 14 * DAY
    assert queue["message_retention_seconds"] == 4 * DAY


def test_messages_are_encrypted_at_rest(queue, dead_letter_queue):
    """SQS encrypts both queues with its own keys."""
    assert queue["sqs_managed_sse_enabled"] is True
    assert dead_letter_queue["sqs_managed_sse_enabled"] is True


def test_receivers_wait_for_messages(queue):
    """An empty queue costs three requests a minute and not thousands."""
    assert queue["receive_wait_time_seconds"] == 20


@pytest.mark.parametrize("name", ["staging", "smtp", "production"])
def test_a_message_stays_hidden_for_six_send_timeouts(name, request):
    """A message that is still being sent is not handed to a second task."""
    plan = request.getfixturevalue(name)
    environment = plan.container("email-sender").environment
    hidden = plan.one("aws_sqs_queue", redrive_allow_policy=None)["visibility_timeout_seconds"]
    assert hidden >= 6 * int(environment["SEND_TIMEOUT_SECONDS"])
    assert hidden == int(environment["VISIBILITY_TIMEOUT_SECONDS"])


def test_staging_hides_a_message_for_30_seconds(queue):
    """Six times the five seconds that one mail may take."""
    assert queue["visibility_timeout_seconds"] == 30


def test_both_services_use_the_queue(service):
    """The queue's name reaches both containers."""
    assert service.container.environment["QUEUE_NAME"] == QUEUE


def test_services_start_after_their_queue(staging):
    """A container's queue name is taken from the queue itself."""
    for module in ("notification_api", "email_sender"):
        sources = staging.sources(f"module.{module}", "environment")
        assert sources == {"module.queue.aws_sqs_queue.this"}
