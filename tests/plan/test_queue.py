import json

import pytest

from tests.plan.view import only

ARN = "arn:aws:sqs:eu-central-1:123456789012:mail"
DAY = 24 * 60 * 60
NAME = "notifications-staging-mail"


@pytest.fixture(params=["mail", "mail-priority"])
def queue(known, request):
    """Each of the two queues as it is without wishes."""
    return known.one("aws_sqs_queue", name=request.param)


@pytest.fixture
def dead_letter_queue(known):
    """Where its messages go that could not be sent."""
    return known.one("aws_sqs_queue", name="mail-dead-letter")


def test_there_are_two_queues_and_one_dead_letter_queue(staging):
    """One for what overtakes the rest; nothing else is between the services."""
    names = {one["name"] for one in staging.all("aws_sqs_queue", "module.queue").values()}
    assert names == {NAME, f"{NAME}-priority", f"{NAME}-dead-letter"}


def test_both_queues_are_alike(known):
    """What overtakes is treated as well as the rest: they differ in their names alone."""
    normal, priority = (known.one("aws_sqs_queue", name=name) for name in ("mail", "mail-priority"))
    own = {"name", "policy"}
    assert {key for key in normal if normal[key] != priority[key]} == own


def test_a_message_that_fails_five_times_goes_to_the_dead_letter_queue(queue):
    """No message is tried for ever, and none is lost."""
    redrive = json.loads(queue["redrive_policy"])
    assert redrive == {"deadLetterTargetArn": f"{ARN}-dead-letter", "maxReceiveCount": 8}


def test_a_dead_letter_stays_where_it_is(known):
    """There is no queue behind the dead-letter queue."""
    assert "redrive_policy" not in known.written("module.queue.aws_sqs_queue.dead_letter")


@pytest.mark.parametrize(
    ("name", "count"), [("low", 5), ("low-priority", 5), ("high", 1000), ("high-priority", 1000)]
)
def test_the_queue_waits_for_receivers_to_give_up(known, name, count):
    """Three receives more than asked for, up to SQS's thousand."""
    redrive = json.loads(known.one("aws_sqs_queue", name=name)["redrive_policy"])
    assert redrive["maxReceiveCount"] == count


def test_the_dead_letter_queue_exists_first(known):
    """SQS refuses a redrive policy that names a queue which is not there yet."""
    sources = known.sources("module.queue.aws_sqs_queue.this", "redrive_policy")
    assert sources == {"module.queue.aws_sqs_queue.dead_letter"}


def test_only_these_queues_may_use_the_dead_letter_queue(dead_letter_queue):
    """Other queues of the account cannot fill it."""
    allowed = json.loads(dead_letter_queue["redrive_allow_policy"])
    assert allowed == {"redrivePermission": "byQueue", "sourceQueueArns": [ARN, f"{ARN}-priority"]}


def test_dead_letters_are_kept_longest(queue, dead_letter_queue):
    """A dead letter keeps its age, so its queue keeps it longer than the queue it came from."""
    assert dead_letter_queue["message_retention_seconds"] == 14 * DAY
    assert queue["message_retention_seconds"] == 4 * DAY


@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("low", 1),
        ("low-priority", 1),
        ("low-dead-letter", 2),
        ("high", 13),
        ("high-priority", 13),
        ("high-dead-letter", 14),
    ],
)
def test_messages_are_kept_as_long_as_is_asked_for(known, name, days):
    """From a day to two weeks."""
    assert known.one("aws_sqs_queue", name=name)["message_retention_seconds"] == days * DAY


@pytest.mark.parametrize(
    ("name", "seconds"), [("mail", 30), ("low", 1), ("high", 43200), ("high-priority", 43200)]
)
def test_messages_are_hidden_as_long_as_is_asked_for(known, name, seconds):
    """From a second to twelve hours."""
    assert known.one("aws_sqs_queue", name=name)["visibility_timeout_seconds"] == seconds


@pytest.mark.parametrize("name", ["mail", "mail-priority", "mail-dead-letter"])
def test_messages_are_encrypted_at_rest(known, name):
    """SQS encrypts every queue with its own keys."""
    assert known.one("aws_sqs_queue", name=name)["sqs_managed_sse_enabled"] is True


@pytest.mark.parametrize("name", ["mail", "mail-priority", "mail-dead-letter"])
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
    """Names and ARNs are put together from the queues' own names."""
    names = {"normal": "mail", "priority": "mail-priority", "dead_letter": "mail-dead-letter"}
    arns = {"normal": ARN, "priority": f"{ARN}-priority", "dead_letter": f"{ARN}-dead-letter"}
    assert known.outputs["queue"]["names"] == names
    assert known.outputs["queue"]["arns"] == arns
    assert known.output_sources("queue") == {
        "module.queue.aws_sqs_queue.this",
        "module.queue.aws_sqs_queue.dead_letter",
    }


@pytest.mark.parametrize("name", ["staging", "smtp", "production"])
def test_a_message_stays_hidden_for_six_send_timeouts(name, request):
    """A message that is still being sent is not handed to a second task."""
    plan = request.getfixturevalue(name)
    environment = plan.container("email-sender").environment
    for variable in ("QUEUE_NAME", "PRIORITY_QUEUE_NAME"):
        hidden = plan.one("aws_sqs_queue", name=environment[variable])["visibility_timeout_seconds"]
        assert hidden >= 6 * int(environment["SEND_TIMEOUT_SECONDS"])
        assert hidden == int(environment["VISIBILITY_TIMEOUT_SECONDS"])


def test_staging_hides_a_message_for_30_seconds(staging):
    """Six times the five seconds that one mail may take."""
    assert staging.one("aws_sqs_queue", name=NAME)["visibility_timeout_seconds"] == 30


def test_both_services_use_the_queues(service):
    """Both names reach both containers."""
    environment = service.container.environment
    assert environment["QUEUE_NAME"] == NAME
    assert environment["PRIORITY_QUEUE_NAME"] == f"{NAME}-priority"


def test_the_sender_gives_up_before_the_queue_does(sender, staging):
    """It gives a reason, which SQS does not, and knows where dead letters go."""
    redrive = json.loads(staging.one("aws_sqs_queue", name=NAME)["redrive_policy"])
    environment = sender.container.environment
    assert environment["DEAD_LETTER_QUEUE_NAME"] == f"{NAME}-dead-letter"
    assert (environment["MAX_RECEIVE_COUNT"], redrive["maxReceiveCount"]) == ("5", 8)


def test_whoever_counts_receives_is_told_to_what(known):
    """The queue module tells what it was told."""
    assert known.outputs["queue"]["max_receive_counts"] == [5, 2]


def test_services_start_after_their_queues(staging, offline):
    """A container's queue names are taken from the queues themselves."""
    queues = {"module.queue.aws_sqs_queue.this", "module.queue.aws_sqs_queue.dead_letter"}
    assert queues <= staging.sources("module.email_sender", "environment")
    source = offline.source("notification-api.tf")
    assert " QUEUE_NAME = module.queue.name\n" in source
    assert " PRIORITY_QUEUE_NAME = module.queue.priority_name\n" in source
