"""What the services depend on goes away for a while, or stays and is of no use."""

from collections.abc import Callable
from contextlib import contextmanager

import pytest

from tests.integration.caller import Load
from tests.integration.outcome import outcome_of
from tests.integration.waiting import wait_for

_BEFORE = 20
# Ten times as many attempts as a mail once had went by in the time that these take.
_DURING = 150
_AFTER = 20
_PER_SECOND = 5


@contextmanager
def stopped_relay(system):
    """Connections to the mail server break, new ones are refused."""
    system.mail_server.go_down()
    yield
    system.mail_server.come_back()


@contextmanager
def silent_relay(system):
    """The mail server takes connections and says nothing."""
    with system.mail_server.frozen():
        yield


@contextmanager
def relay_that_refuses_the_sender(system):
    """The mail server is well and takes no mail of ours."""
    system.mail_server.behave(mail_from="550 5.7.1 sender not allowed")
    yield
    system.mail_server.behave(mail_from="")


@contextmanager
def relay_with_a_used_up_quota(system):
    """The mail server takes the content and then says that we have sent enough."""
    system.mail_server.behave(data="454 Throttling failure: Daily message quota exceeded")
    yield
    system.mail_server.behave(data="")


@pytest.mark.parametrize(
    "outage",
    [stopped_relay, silent_relay, relay_that_refuses_the_sender, relay_with_a_used_up_quota],
    ids=lambda outage: outage.__name__,
)
def test_an_outage_of_the_relay_costs_no_mail(system, outage: Callable):
    """Requests are accepted throughout, the Email Sender says what is wrong, and goes on by itself.

    Nobody's mail becomes a dead letter, however often it was tried. What was handed over as a connection
    broke is `unknown` and held, as set: at most what the Email Sender has in hand.
    """
    dead = {one.notification_id for one in system.dead_letters()}
    with Load(system.caller, "outage", per_second=_PER_SECOND, most=_BEFORE + _DURING + _AFTER) as load:
        wait_for("load", lambda: load.has(_BEFORE))
        with outage(system):
            wait_for("word that the relay takes no mail", lambda: not system.sender.is_ready())
            assert "The mail provider takes no mail" in system.sender.why_not_ready()
            wait_for("load", lambda: load.has(_BEFORE + _DURING))
        wait_for("readiness", system.sender.is_ready)
        wait_for("load", lambda: load.has(_BEFORE + _DURING + _AFTER))

    outcome = outcome_of(system, load.accepted)

    assert [] == load.refused
    assert (set(), set(), set()) == (outcome.lost, outcome.doubled, outcome.unsent)
    concurrency = int(system.sender.definition.environment["CONCURRENCY"])
    assert len(outcome.unknown) <= concurrency
    now_dead = {one.notification_id for one in system.dead_letters()} - dead
    assert outcome.unknown == now_dead & set(load.accepted)


def test_an_outage_of_the_ledger_costs_no_mail(system):
    """Requests are accepted throughout; what was sent as it fell silent is written down afterwards."""
    dead = {one.notification_id for one in system.dead_letters()}
    with Load(system.caller, "ledger", per_second=_PER_SECOND, most=_BEFORE + _DURING + _AFTER) as load:
        wait_for("load", lambda: load.has(_BEFORE))
        with system.dynamodb.frozen():
            wait_for("word that the ledger is silent", lambda: not system.sender.is_ready())
            wait_for("load", lambda: load.has(_BEFORE + _DURING))
        wait_for("readiness", system.sender.is_ready)
        wait_for("load", lambda: load.has(_BEFORE + _DURING + _AFTER))

    outcome = outcome_of(system, load.accepted)

    assert [] == load.refused
    assert (set(), set(), set()) == (outcome.lost, outcome.doubled, outcome.unsent)
    assert set() == outcome.unknown
    assert set() == ({one.notification_id for one in system.dead_letters()} - dead) & set(load.accepted)


def test_an_outage_of_the_queue_costs_nothing_that_was_accepted(system):
    """While SQS is silent the API says 503 within its time limit; both services go on by themselves."""
    with Load(system.caller, "queue", per_second=_PER_SECOND, most=2000) as load:
        wait_for("load", lambda: load.has(_BEFORE))
        with system.localstack.frozen():
            wait_for("requests that are not accepted", lambda: len(load.refused) >= 2)
        wait_for("load", lambda: load.has(_BEFORE + _AFTER))

    outcome = outcome_of(system, load.accepted)

    assert {503} == set(load.refused)
    assert (set(), set(), set()) == (outcome.lost, outcome.doubled, outcome.unsent)
