import json

import pytest

ACCOUNT = "eu-central-1:123456789012"
TOPIC = f"arn:aws:sns:{ACCOUNT}:standalone-mail-events"
QUEUE = f"arn:aws:sqs:{ACCOUNT}:standalone-mail-events"
SET = f"arn:aws:ses:{ACCOUNT}:configuration-set/standalone"
DAY = 24 * 60 * 60
KEY = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"


@pytest.fixture
def queue(standalone):
    """What became of mails."""
    return standalone.one("aws_sqs_queue", name="standalone-mail-events")


@pytest.fixture
def dead_letter_queue(standalone):
    """What nobody could read of that."""
    return standalone.one("aws_sqs_queue", name="standalone-mail-events-dead-letter")


def _statements(resource):
    return {one["Sid"]: one for one in json.loads(resource["policy"])["Statement"]}


def test_the_domain_signs_its_mails(standalone):
    """SES makes keys of 2048 bits."""
    identity = standalone.one("aws_sesv2_email_identity")
    assert "standalone.example" == identity["email_identity"]
    (dkim,) = identity["dkim_signing_attributes"]
    assert "RSA_2048_BIT" == dkim["next_signing_key_length"]


def test_bounces_come_back_below_the_domain(standalone):
    """Before its records are in DNS, SES uses a name of its own."""
    mail_from = standalone.one("aws_sesv2_email_identity_mail_from_attributes")
    assert "bounces.standalone.example" == mail_from["mail_from_domain"]
    assert "USE_DEFAULT_VALUE" == mail_from["behavior_on_mx_failure"]


def test_an_identity_of_others_is_left_alone(standalone):
    """Whoever verified the domain has its records."""
    assert {} == standalone.all("aws_sesv2_email_identity", "module.mail_high")
    assert {} == standalone.all("aws_sesv2_email_identity_mail_from_attributes", "module.mail_high")
    assert [] == standalone.outputs["mail"]["records_of_others"]


def test_mails_are_sent_encrypted_or_not_at_all(standalone):
    """SES asks for TLS, measures reputation, and sends nothing to whom it knows to have bounced."""
    found = standalone.one("aws_sesv2_configuration_set", configuration_set_name="standalone")
    assert ["REQUIRE"] == [one["tls_policy"] for one in found["delivery_options"]]
    assert [True] == [one["reputation_metrics_enabled"] for one in found["reputation_options"]]
    assert [True] == [one["sending_enabled"] for one in found["sending_options"]]
    assert [["BOUNCE", "COMPLAINT"]] == [one["suppressed_reasons"] for one in found["suppression_options"]]


def test_what_becomes_of_mails_is_published(standalone):
    """All that a mail without a template can come to, once SES has taken it."""
    address = "module.mail.aws_sesv2_configuration_set_event_destination.this"
    (destination,) = standalone.all("aws_sesv2_configuration_set_event_destination", "module.mail")[address][
        "event_destination"
    ]
    assert destination["enabled"] is True
    assert {
        "BOUNCE",
        "COMPLAINT",
        "DELIVERY",
        "DELIVERY_DELAY",
        "REJECT",
    } == set(destination["matching_event_types"])
    assert [TOPIC] == [one["topic_arn"] for one in destination["sns_destination"]]
    assert "aws_sns_topic_subscription.events" in standalone.depends_on(address)


def test_only_this_systems_mails_are_published_about_and_only_by_tls(standalone):
    """No other account, no other configuration set, nothing in the clear."""
    topic = standalone.one("aws_sns_topic", name="standalone-mail-events")
    assert KEY == topic["kms_master_key_id"]
    assert {
        "OwnMailsEventsArePublished": {
            "Sid": "OwnMailsEventsArePublished",
            "Effect": "Allow",
            "Action": "sns:Publish",
            "Resource": TOPIC,
            "Principal": {"Service": "ses.amazonaws.com"},
            "Condition": {
                "StringEquals": {"aws:SourceAccount": "123456789012"},
                "ArnEquals": {"aws:SourceArn": SET},
            },
        },
        "NobodyPublishesWithoutTls": {
            "Sid": "NobodyPublishesWithoutTls",
            "Effect": "Deny",
            "Action": "sns:Publish",
            "Resource": TOPIC,
            "Principal": "*",
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
    } == _statements(topic)


def test_the_queue_gets_records_as_ses_writes_them(standalone):
    """Without an envelope; what cannot be handed over is a dead letter too."""
    (subscription,) = standalone.all("aws_sns_topic_subscription", "module.mail").values()
    assert (
        "sqs",
        TOPIC,
        QUEUE,
    ) == (subscription["protocol"], subscription["topic_arn"], subscription["endpoint"])
    assert subscription["raw_message_delivery"] is True
    assert json.loads(subscription["redrive_policy"]) == {"deadLetterTargetArn": f"{QUEUE}-dead-letter"}


@pytest.mark.parametrize("name", ["standalone-mail-events", "standalone-mail-events-dead-letter"])
def test_only_the_topic_fills_the_queues_and_only_by_tls(standalone, name):
    """Nobody else can make up a bounce."""
    arn = f"arn:aws:sqs:{ACCOUNT}:{name}"
    queue = standalone.one("aws_sqs_queue", name=name)
    assert queue["sqs_managed_sse_enabled"] is True
    assert _statements(queue) == {
        "OwnTopicSends": {
            "Sid": "OwnTopicSends",
            "Effect": "Allow",
            "Action": "sqs:SendMessage",
            "Resource": arn,
            "Principal": {"Service": "sns.amazonaws.com"},
            "Condition": {
                "StringEquals": {"aws:SourceAccount": "123456789012"},
                "ArnEquals": {"aws:SourceArn": TOPIC},
            },
        },
        "DenyPlainHttp": {
            "Sid": "DenyPlainHttp",
            "Effect": "Deny",
            "Action": "sqs:*",
            "Resource": arn,
            "Principal": {"AWS": "*"},
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
    }


def test_what_breaks_the_reader_is_put_aside(queue, dead_letter_queue):
    """After twenty receives, and kept for longer than it waited."""
    redrive = json.loads(queue["redrive_policy"])
    assert redrive == {"deadLetterTargetArn": f"{QUEUE}-dead-letter", "maxReceiveCount": 20}
    allowed = json.loads(dead_letter_queue["redrive_allow_policy"])
    assert {"redrivePermission": "byQueue", "sourceQueueArns": [QUEUE]} == allowed
    kept = (queue["message_retention_seconds"], dead_letter_queue["message_retention_seconds"])
    assert (10 * DAY, 14 * DAY) == kept


@pytest.mark.parametrize(("name", "seconds"), [("standalone", 30), ("high", 43200)])
def test_events_are_hidden_as_long_as_is_asked_for(standalone, name, seconds):
    """Up to twelve hours, and a receive waits for one to come."""
    queue = standalone.one("aws_sqs_queue", name=f"{name}-mail-events")
    assert (queue["visibility_timeout_seconds"], queue["receive_wait_time_seconds"]) == (seconds, 20)


def test_whoever_uses_them_waits_for_them(standalone):
    """Names and ARNs are put together from the resources' own names."""
    found = standalone.outputs["mail"]
    assert {"name": "standalone-mail-events", "arn": QUEUE} == found["queue"]
    assert found["dead_letter_queue"]["arn"] == f"{QUEUE}-dead-letter"
    assert {"name": "standalone", "arn": SET} == found["configuration_set"]
    assert {
        "module.mail.aws_sesv2_configuration_set.this",
        "module.mail.aws_sqs_queue.events",
        "module.mail.aws_sqs_queue.dead_letter",
    } <= standalone.output_sources("mail")


def test_the_systems_domain_is_verified_once_its_records_are_there(staging, smtp):
    """They are an output; a relay needs none."""
    assert "staging.notifications.example" == staging.one("aws_sesv2_email_identity")["email_identity"]
    assert [] == smtp.outputs["mail_dns_records"]
    assert smtp.outputs.get("mail_events_queue_name") is None
