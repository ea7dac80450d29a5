"""The Email Sender is killed again and again."""

import random

import pytest

from email_sender.sending.retry_policy import UNKNOWN_PREFIX
from tests.integration.caller import Load
from tests.integration.log_shipper import metrics_in
from tests.integration.outcome import outcome_of
from tests.integration.waiting import wait_for

_KILLS = 20
_SEED = 20
# Mails that a random moment lies after a start: the sender has some in hand nearly all the time.
_MAX_MAILS = 40
# Service and Environment.
_ALARM_DIMENSIONS = 2


@pytest.fixture
def slow_mail_server(system):
    """A mail takes a moment, as it does everywhere, so that a kill finds mails under way."""
    system.mail_server.behave(seconds={"content": 0.15})
    yield
    system.mail_server.behave(seconds={})


def test_twenty_kills_lose_nothing_and_send_nothing_twice(system, slow_mail_server):
    """After kill -9 at 20 random moments under load each 202 is one mail, or known as unknown and held.

    The ledger and the dead-letter queue name the same ones. Lines and metrics of the senders may lack some:
    one that is killed takes with it what it has not written yet, up to ten seconds of counting.
    """
    counted_before = _counted(system)
    moments = random.Random(_SEED)  # noqa: S311 - repeatable, not secret
    with Load(system.caller, "kill", per_second=25, max_requests=4000) as load:
        for _ in range(_KILLS):
            after = len(system.mail_server.mails()) + moments.randint(1, _MAX_MAILS)
            wait_for("mails", lambda after=after: len(system.mail_server.mails()) >= after)
            system.sender.kill()
            system.sender.start()

    outcome = outcome_of(system, load.accepted)
    held = {one.notification_id for one in system.dead_letters() if one.reason.startswith(UNKNOWN_PREFIX)}

    assert [] == load.refused
    assert (set(), set(), set()) == (outcome.lost, outcome.doubled, outcome.unsent)
    assert outcome.unknown, "no kill found a mail under way, so nothing was tried"
    assert outcome.unknown == held & set(load.accepted)
    said = _said_to_be_unknown(system) & set(load.accepted)
    assert said
    assert said <= outcome.unknown
    counted = wait_for("count of unknown mails", lambda: _counted(system) - counted_before)
    assert counted <= len(outcome.unknown)
    for made in sorted(outcome.unknown)[:3]:
        assert "unknown" == system.caller.state(made)


def _said_to_be_unknown(system):
    """Ids that any of the senders has logged as unknown."""
    events = system.sender.container.events()
    return {event["notification_id"] for event in events if event.get("event") == "outcome_unknown"}


def _counted(system):
    """What all senders have counted as unknown so far, by the metric that alarms and graphs read."""
    values = [
        sum(one["Values"])
        for line in system.sender.container.lines()
        for _, data in metrics_in(line)
        for one in data
        if one["MetricName"] == "MailsUnknown" and len(one["Dimensions"]) == _ALARM_DIMENSIONS
    ]
    return int(sum(values))
