import json

import pytest

from tests.plan.view import only

ARN = "arn:aws:sqs:eu-central-1:123456789012:mail"
DAY = 24 * 60 * 60
NAME = "notifications-staging-mail"


@pytest.fixture
def queue(known):
    """A queue as it is without wishes."""
    return known.one("aws_sqs_queue", name="mail")


@pytest.fixture
def dead_letter_queue(known):
    """Where its messages go that could not be sent."""
    return known.one("aws_sqs_queue", name="mail-dead-letter")


def test_there_is_one_queue_and_its_dead_letter_queue(staging):
    """Nothing else is between the services."""
    names = {one["name"] for one in staging.all("aws_sqs_queue").values()}
    assert names == {NAME, f"{NAME}-dead-letter"}


def test_a_message_that_fails_five_times_goes_to_the_dead_letter_queue(queue):
    """No message is tried for ever, and none is lost."""
    redrive = json.loads(queue["redrive_policy"])
    assert redrive == {"deadLetterTargetArn": f"{ARN}-dead-letter", "maxReceiveCount": 5}


def test_a_dead_letter_stays_where_it_is(known):
    """There is no queue behind the dead-letter queue."""
    assert "redrive_policy" not in known.written("module.queue.aws_sqs_queue.dead_letter")


@pytest.mark.parametrize(("name", "count"), [("low", 2), ("high", 1000)])
def test_the_receive_count_is_what_is_asked_for(known, name, count):
    """From a second try to a thousand."""
    redrive = json.loads(known.one("aws_sqs_queue", name=name)["redrive_policy"])
    assert redrive["maxReceiveCount"] == count


def test_the_dead_letter_queue_exists_first(known):
    """SQS refuses a redrive policy that names a queue which is not there yet."""
    sources = known.sources("module.queue.aws_sqs_queue.this", "redrive_policy")
    assert sources == {"module.queue.aws_sqs_queue.dead_letter"}


def test_only_this_queue_may_use_the_dead_letter_queue(dead_letter_queue):
    """Other queues of the account cannot fill it."""
    allowed = json.loads(dead_letter_queue["redrive_allow_policy"])
    assert allowed == {"redrivePermission": "byQueue", "sourceQueueArns": [ARN]}


def test_dead_letters_are_kept_longest(queue, dead_letter_queue):
    """A dead letter keeps its age, so its queue keeps it longer than the queue it came from."""
    assert dead_letter_queue["message_retention_seconds"] == 14 * DAY
    assert queue["message_retention_seconds"] == 4 * DAY


@pytest.mark.parametrize(
    ("name", "days"), [("low", 1), ("low-dead-letter", 2), ("high", 13), ("high-dead-letter", 14)]
)
def test_messages_are_kept_as_long_as_is_asked_for(known, name, days):
    """From a day to two weeks."""
    assert known.one("aws_sqs_queue", name=name)["message_retention_seconds"] == days * DAY


@pytest.mark.parametrize(("name", "seconds"), [("mail", 30), ("low", 1), ("high", 43200)])
def test_messages_are_hidden_as_long_as_is_asked_for(known, name, seconds):
    """From a second to twelve hours."""
    assert known.one("aws_sqs_queue", name=name)["visibility_timeout_seconds"] == seconds


@pytest.mark.parametrize("name", ["mail", "mail-dead-letter"])
def test_messages_are_encrypted_at_rest(known, name):
    """SQS encrypts both queues with its own keys."""
    assert known.one("aws_sqs_queue", name=name)["sqs_managed_sse_enabled"] is True


@pytest.mark.parametrize("name", ["mail", "mail-dead-letter"])
def test_plain_http_is_refused(known, name):
    """Nobody does anything with a queue unencrypted on the way, and nobody is let in beside."""
    policy = json.loads(known.one("aws_sqs_queue", name=name)["policy"])
    assert only(policy["Statement"] if isinstance(policy["Statement"], list) else [policy["Statement"]]) == {
        "Sid": "DenyPlainHttp",
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": "sqs:*",
        "Resource": f"arn:aws:sqs:eu-central-1:123456789012:{name}",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def test_receivers_wait_for_messages(queue):
    """An empty queue costs three requests a minute and not thousands."""
    assert queue["receive_wait_time_seconds"] == 20


def test_whoever_uses_a_queue_waits_for_it(known):
    """Names and ARN are put together from the queues' own names."""
    assert known.outputs["queue"] == {"name": "mail", "arn": ARN, "dead_letter": "mail-dead-letter"}
    assert known.output_sources("queue") == {
        "module.queue.aws_sqs_queue.this",
        "module.queue.aws_sqs_queue.dead_letter",
    }


@pytest.mark.parametrize("name", ["staging", "smtp", "production"])
def test_a_message_stays_hidden_for_six_send_timeouts(name, request):
    """A message that is still being sent is not handed to a second task."""
    plan = request.getfixturevalue(name)
    environment = plan.container("email-sender").environment
    hidden = plan.one("aws_sqs_queue", redrive_allow_policy=None)["visibility_timeout_seconds"]
    assert hidden >= 6 * int(environment["SEND_TIMEOUT_SECONDS"])
    assert hidden == int(environment["VISIBILITY_TIMEOUT_SECONDS"])


def test_staging_hides_a_message_for_30_seconds(staging):
    """Six times the five seconds that one mail may take."""
    assert staging.one("aws_sqs_queue", name=NAME)["visibility_timeout_seconds"] == 30


def test_both_services_use_the_queue(service):
    """The queue's name reaches both containers."""
    assert service.container.environment["QUEUE_NAME"] == NAME


def test_services_start_after_their_queue(staging, offline):
    """A container's queue name is taken from the queue itself."""
    queue = "module.queue.aws_sqs_queue.this"
    assert queue in staging.sources("module.email_sender", "environment")
    assert " QUEUE_NAME = module.queue.name\n" in offline.source("notification-api.tf")
