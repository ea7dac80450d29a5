"""What the services count and say reaches CloudWatch."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.metrics import NAMESPACE
from tests.integration.caller import written
from tests.integration.containers import event_in
from tests.integration.log_shipper import LogShipper
from tests.integration.waiting import wait_for


@pytest.fixture(scope="module")
def shipper(system):
    """The Email Sender's lines on their way to CloudWatch."""
    shipper = LogShipper(system.sender.container, system.sender.definition, system.aws)
    shipper.create()
    return shipper


def _sum(system, metric, **further):
    """Sum of one of the Email Sender's own metrics over the last hour, by the dimensions of its alarms."""
    environment = system.sender.definition.environment
    now = datetime.now(UTC)
    named = {"Service": environment["SERVICE_NAME"], "Environment": environment["ENVIRONMENT"], **further}
    points = system.aws("cloudwatch").get_metric_statistics(
        Namespace=NAMESPACE,
        MetricName=metric,
        Dimensions=[{"Name": name, "Value": value} for name, value in named.items()],
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(minutes=1),
        Period=3600,
        Statistics=["Sum"],
    )["Datapoints"]
    return sum(point["Sum"] for point in points)


def test_every_mail_is_counted_in_cloudwatch(system, shipper):
    """The metric MailsSent adds up to the mails that the mail server took, and so it does by release."""
    made = system.caller.accepted(written("counted@example.com"))
    wait_for("mail", lambda: system.mail_server.mails_of(made))
    mails = len(system.mail_server.mails())

    def counted():
        shipper.ship()
        by_release = _sum(system, "MailsSent", Release=system.sender.definition.environment["RELEASE"])
        # LocalStack, unlike CloudWatch, takes metrics with further dimensions for the one that is asked for.
        return (mails, mails) == (by_release, _sum(system, "MailsSent") - by_release)

    wait_for(f"{mails} mails in CloudWatch", counted)


def test_the_log_is_in_its_group(system, shipper):
    """Every line of the container is in the log group that its task definition names."""
    shipper.ship()
    events = system.aws("logs").get_log_events(
        logGroupName=shipper.group, logStreamName=shipper.stream, startFromHead=True
    )["events"]

    said = [event_in(event["message"]) for event in events]
    assert "serving" in [event.get("event") for event in said if event is not None]
