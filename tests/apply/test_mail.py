"""Mail's way back: from SES by a topic to the queue that the Email Sender reads."""

import json

import pytest

from common.pages import listed

DOMAINS = {"production": "notifications.example", "staging": "staging.notifications.example"}

pytestmark = pytest.mark.parametrize("applied", ["service_connect", "staging"], indirect=True)


def queue(applied, name):
    """Attributes of a queue."""
    url = applied.aws("sqs").get_queue_url(QueueName=name)["QueueUrl"]
    return applied.aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]


def topic(applied):
    """The topic that SES tells what became of mails."""
    (destination,) = applied.aws("sesv2").get_configuration_set_event_destinations(
        ConfigurationSetName=applied.mode.system
    )["EventDestinations"]
    return destination["SnsDestination"]["TopicArn"]


def test_what_became_of_mails_arrives_in_the_queue(applied):
    """The topic that SES tells it exists, and hands it to the queue as it is."""
    sns, events = applied.aws("sns"), queue(applied, applied.outputs["mail_events_queue_name"])
    (subscription,) = listed(sns, "list_subscriptions_by_topic", "Subscriptions", TopicArn=topic(applied))
    attributes = sns.get_subscription_attributes(SubscriptionArn=subscription["SubscriptionArn"])[
        "Attributes"
    ]

    assert ("sqs", events["QueueArn"]) == (subscription["Protocol"], subscription["Endpoint"])
    assert "true" == attributes["RawMessageDelivery"]


def test_only_the_topic_puts_anything_there(applied):
    """Nobody else may, and nobody reaches the queues without TLS."""
    events = queue(applied, applied.outputs["mail_events_queue_name"])
    dead = queue(applied, json.loads(events["RedrivePolicy"])["deadLetterTargetArn"].rpartition(":")[2])
    policies = [json.loads(one["Policy"])["Statement"] for one in (events, dead)]

    allowed = {"aws:SourceArn": topic(applied)}
    assert [[("Allow", allowed), ("Deny", None)]] * 2 == [
        [(one["Effect"], one["Condition"].get("ArnEquals")) for one in policy] for policy in policies
    ]
    assert [{"Bool": {"aws:SecureTransport": "false"}}] * 2 == [policy[1]["Condition"] for policy in policies]
    assert [events["QueueArn"]] == json.loads(dead["RedriveAllowPolicy"])["sourceQueueArns"]


def test_the_identity_is_the_senders_domain(applied):
    """With the three keys that its DNS records, which are an output, point to."""
    domain = DOMAINS[applied.mode.environment]
    identity = applied.aws("sesv2").get_email_identity(EmailIdentity=domain)
    records = {one["name"]: one["type"] for one in applied.outputs["mail_dns_records"]}

    assert 3 == len(identity["DkimAttributes"]["Tokens"])
    assert {f"{token}._domainkey.{domain}": "CNAME" for token in identity["DkimAttributes"]["Tokens"]} == {
        name: kind for name, kind in records.items() if kind == "CNAME"
    }
