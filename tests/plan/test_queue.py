import json

import pytest

from stage.authorization.evaluate import Policies, evaluate
from stage.authorization.policy import Kind, parse
from stage.authorization.principals import Principal
from stage.authorization.request import Request
from tests.plan.view import only

ARN = "arn:aws:sqs:eu-central-1:123456789012:mail"
DAY = 24 * 60 * 60
NAME = "notifications-staging-mail"


@pytest.fixture(params=["mail", "mail-priority"])
def queue(standalone, request):
    """Each of the two queues as it is without wishes."""
    return standalone.one("aws_sqs_queue", name=request.param)


@pytest.fixture
def dead_letter_queue(standalone):
    """Where its messages go that could not be sent."""
    return standalone.one("aws_sqs_queue", name="mail-dead-letter")


def test_there_are_two_queues_and_one_dead_letter_queue(staging):
    """One for what overtakes the rest; nothing else is between the services."""
    names = {one["name"] for one in staging.all("aws_sqs_queue", "module.queue").values()}
    assert names == {NAME, f"{NAME}-priority", f"{NAME}-dead-letter"}


def test_both_queues_are_alike(standalone):
    """What overtakes is treated as well as the rest: they differ in their names alone."""
    normal, priority = (standalone.one("aws_sqs_queue", name=name) for name in ("mail", "mail-priority"))
    own = {"name", "policy"}
    assert {key for key in normal if normal[key] != priority[key]} == own


def test_sqs_puts_a_message_aside_as_a_last_resort_alone(queue):
    """An outage and a stopping task are receives too: SQS takes nothing before its own highest count."""
    redrive = json.loads(queue["redrive_policy"])
    assert redrive == {"deadLetterTargetArn": f"{ARN}-dead-letter", "maxReceiveCount": 1000}


def test_an_outage_does_not_reach_the_last_resort(staging):
    """A message that every task gets and gives back for hours stays on its queue."""
    queue = staging.one("aws_sqs_queue", name=NAME)
    seconds = json.loads(queue["redrive_policy"])["maxReceiveCount"] * queue["visibility_timeout_seconds"]
    assert seconds > 8 * 60 * 60


def test_a_dead_letter_stays_where_it_is(standalone):
    """There is no queue behind the dead-letter queue."""
    assert "redrive_policy" not in standalone.written("module.queue.aws_sqs_queue.dead_letter")


@pytest.mark.parametrize(
    ("name", "count"), [("low", 2), ("low-priority", 2), ("high", 1000), ("high-priority", 1000)]
)
def test_a_message_is_received_as_often_as_is_asked_for(standalone, name, count):
    """From two to SQS's thousand."""
    redrive = json.loads(standalone.one("aws_sqs_queue", name=name)["redrive_policy"])
    assert redrive["maxReceiveCount"] == count


def test_the_dead_letter_queue_exists_first(standalone):
    """SQS refuses a redrive policy that names a queue which is not there yet."""
    sources = standalone.sources("module.queue.aws_sqs_queue.this", "redrive_policy")
    assert {"module.queue.aws_sqs_queue.dead_letter"} == sources


def test_only_these_queues_may_use_the_dead_letter_queue(dead_letter_queue):
    """Other queues of the account cannot fill it."""
    allowed = json.loads(dead_letter_queue["redrive_allow_policy"])
    assert allowed == {"redrivePermission": "byQueue", "sourceQueueArns": [ARN, f"{ARN}-priority"]}


def test_dead_letters_are_kept_longest(queue, dead_letter_queue):
    """A dead letter keeps its age, so its queue keeps it longer than the queue it came from."""
    assert 14 * DAY == dead_letter_queue["message_retention_seconds"]
    assert 10 * DAY == queue["message_retention_seconds"]


@pytest.mark.parametrize("name", ["staging", "smtp", "production"])
def test_a_pause_of_a_week_and_a_weekend_deletes_nothing(name, request):
    """Queues that wait for the Email Sender keep what is on them; what SQS puts aside then has days left."""
    queues = request.getfixturevalue(name).all("aws_sqs_queue").values()
    waiting = [one["message_retention_seconds"] for one in queues if one.get("redrive_policy")]
    dead = [one["message_retention_seconds"] for one in queues if not one.get("redrive_policy")]
    assert waiting
    assert min(waiting) >= 9 * DAY
    assert min(dead) - max(waiting) >= 3 * DAY


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
def test_messages_are_kept_as_long_as_is_asked_for(standalone, name, days):
    """From a day to two weeks."""
    assert standalone.one("aws_sqs_queue", name=name)["message_retention_seconds"] == days * DAY


@pytest.mark.parametrize(
    ("name", "seconds"), [("mail", 30), ("low", 1), ("high", 43200), ("high-priority", 43200)]
)
def test_messages_are_hidden_as_long_as_is_asked_for(standalone, name, seconds):
    """From a second to twelve hours."""
    assert standalone.one("aws_sqs_queue", name=name)["visibility_timeout_seconds"] == seconds


@pytest.mark.parametrize("name", ["mail", "mail-priority", "mail-dead-letter"])
def test_messages_are_encrypted_at_rest(standalone, name):
    """SQS encrypts every queue with its own keys."""
    assert standalone.one("aws_sqs_queue", name=name)["sqs_managed_sse_enabled"] is True


@pytest.mark.parametrize("name", ["mail", "mail-priority", "mail-dead-letter"])
def test_plain_http_is_refused(standalone, name):
    """Nobody does anything with a queue unencrypted on the way, and nobody is let in beside."""
    policy = json.loads(standalone.one("aws_sqs_queue", name=name)["policy"])
    assert only(policy["Statement"] if isinstance(policy["Statement"], list) else [policy["Statement"]]) == {
        "Sid": "DenyPlainHttp",
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": "sqs:*",
        "Resource": f"arn:aws:sqs:eu-central-1:123456789012:{name}",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


@pytest.mark.parametrize("action", ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:PurgeQueue"])
@pytest.mark.parametrize("name", ["mail", "mail-priority", "mail-dead-letter"])
def test_no_role_of_another_account_reaches_a_queue(standalone, name, action):
    """Whatever it is allowed there; a role of the queue's own account with as much does reach it."""
    queue = parse(json.loads(standalone.one("aws_sqs_queue", name=name)["policy"]), Kind.RESOURCE, name)
    everything = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    policies = Policies((parse(everything, Kind.IDENTITY, "everything"),), resource=queue)
    arn = f"arn:aws:sqs:eu-central-1:123456789012:{name}"
    allowed = {
        account: evaluate(
            Request(
                Principal.of(
                    f"arn:aws:sts::{account}:assumed-role/sender/a", f"arn:aws:iam::{account}:role/sender"
                ),
                action,
                arn,
                context={"aws:SecureTransport": True},
            ),
            policies,
        ).allowed
        for account in ("123456789012", "999988887777")
    }

    assert {"123456789012": True, "999988887777": False} == allowed


def test_receivers_wait_for_messages(queue):
    """An empty queue costs three requests a minute and not thousands."""
    assert 20 == queue["receive_wait_time_seconds"]


def test_whoever_uses_a_queue_waits_for_it(standalone):
    """Names and ARNs are put together from the queues' own names."""
    names = {"normal": "mail", "priority": "mail-priority", "dead_letter": "mail-dead-letter"}
    arns = {"normal": ARN, "priority": f"{ARN}-priority", "dead_letter": f"{ARN}-dead-letter"}
    assert standalone.outputs["queue"]["names"] == names
    assert standalone.outputs["queue"]["arns"] == arns
    assert {
        "module.queue.aws_sqs_queue.this",
        "module.queue.aws_sqs_queue.dead_letter",
    } == standalone.output_sources("queue")


@pytest.mark.parametrize("name", ["staging", "smtp", "production"])
def test_the_sender_knows_how_long_a_message_stays_hidden(name, request):
    """It renews that in time while a mail takes longer, on every queue that it receives from."""
    plan = request.getfixturevalue(name)
    environment = plan.container("email-sender").environment
    received = [one for one in plan.all("aws_sqs_queue").values() if one.get("redrive_policy")]
    hidden = {one["visibility_timeout_seconds"] for one in received}
    assert hidden == {int(environment["VISIBILITY_TIMEOUT_SECONDS"])}
    assert {environment["QUEUE_NAME"], environment["PRIORITY_QUEUE_NAME"]} <= {
        one["name"] for one in received
    }


def test_the_mails_of_a_killed_task_wait_for_30_seconds(staging, cells):
    """However long one mail may take."""
    assert 30 == staging.one("aws_sqs_queue", name=NAME)["visibility_timeout_seconds"]
    edges = cells("edges")
    name = edges.container("email-sender").environment["QUEUE_NAME"]
    assert "10" == edges.container("email-sender").environment["SEND_TIMEOUT_SECONDS"]
    assert 30 == edges.one("aws_sqs_queue", name=name)["visibility_timeout_seconds"]


def test_both_services_use_the_queues(service):
    """Both names reach both containers."""
    environment = service.container.environment
    assert NAME == environment["QUEUE_NAME"]
    assert environment["PRIORITY_QUEUE_NAME"] == f"{NAME}-priority"


def test_the_sender_gives_up_before_the_queue_does(sender, staging):
    """It gives a reason, which SQS does not, and knows where dead letters go."""
    redrive = json.loads(staging.one("aws_sqs_queue", name=NAME)["redrive_policy"])
    environment = sender.container.environment
    assert environment["DEAD_LETTER_QUEUE_NAME"] == f"{NAME}-dead-letter"
    assert int(environment["MAX_ATTEMPTS"]) * 10 < redrive["maxReceiveCount"]


def test_the_sender_counts_attempts_and_no_receives(cell):
    """Nobody tells it a receive count at which it would give up a mail for an outage."""
    environment = cell.container("email-sender").environment
    assert [] == [name for name in environment if "RECEIVE" in name]


def test_a_mail_is_given_up_before_its_queue_deletes_it(cell):
    """At its age the Email Sender gives a reason; SQS would delete it and tell nobody."""
    environment = cell.container("email-sender").environment
    kept = cell.one("aws_sqs_queue", name=environment["QUEUE_NAME"])["message_retention_seconds"]
    assert int(environment["MAX_AGE_SECONDS"]) < kept


def test_services_start_after_their_queues(staging, offline):
    """A container's queue names are taken from the queues themselves."""
    queues = {"module.queue.aws_sqs_queue.this", "module.queue.aws_sqs_queue.dead_letter"}
    assert queues <= staging.sources("module.email_sender", "environment")
    source = offline.source("notification-api.tf")
    assert " QUEUE_NAME = module.queue.name\n" in source
    assert " PRIORITY_QUEUE_NAME = module.queue.priority_name\n" in source
