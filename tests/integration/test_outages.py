"""What the services depend on goes away for a while, or stays and is of no use."""

from tests.integration.caller import Load
from tests.integration.outcome import outcome_of
from tests.integration.waiting import wait_for

_BEFORE = 20
_DURING = 50
_AFTER = 20
_PER_SECOND = 5


def test_an_outage_of_the_relay_costs_no_mail(system):
    """Requests are accepted throughout, the Email Sender says what is wrong, and goes on by itself.

    The relay has enough of us, refuses us, is gone, refuses us again, and is well: no mail becomes a dead
    letter for that. What was handed over as a connection broke is `unknown` and held, as set, and no more of
    it than the Email Sender has in hand.
    """
    dead = {one.notification_id for one in system.dead_letters()}
    with Load(system.caller, "relay", per_second=_PER_SECOND, max_requests=2000) as load:
        wait_for("load", lambda: load.has(_BEFORE))
        system.mail_server.behave(replies={"content": "454 Throttling failure: Daily message quota exceeded"})
        wait_for("word that the relay takes no mail", lambda: not system.sender.is_ready())
        assert "The mail provider takes no mail" in system.sender.why_not_ready()
        system.mail_server.behave(replies={"mail": "550 5.1.2 sender not allowed"})
        wait_for("load", lambda: load.has(_BEFORE + _DURING))
        system.mail_server.go_down()
        wait_for("load", lambda: load.has(_BEFORE + 2 * _DURING))
        system.mail_server.come_back()
        assert not system.sender.is_ready()
        system.mail_server.behave(replies={})
        wait_for("readiness", system.sender.is_ready)
        well = len(load.accepted)
        wait_for("load", lambda: load.has(well + _AFTER))

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
    with Load(system.caller, "ledger", per_second=_PER_SECOND, max_requests=2000) as load:
        wait_for("load", lambda: load.has(_BEFORE))
        with system.dynamodb.frozen():
            wait_for("word that the ledger is silent", lambda: not system.sender.is_ready())
            wait_for("load", lambda: load.has(_BEFORE + _DURING))
        wait_for("readiness", system.sender.is_ready)
        well = len(load.accepted)
        wait_for("load", lambda: load.has(well + _AFTER))

    outcome = outcome_of(system, load.accepted)

    assert [] == load.refused
    assert (set(), set(), set()) == (outcome.lost, outcome.doubled, outcome.unsent)
    assert set() == outcome.unknown
    assert set() == ({one.notification_id for one in system.dead_letters()} - dead) & set(load.accepted)


def test_an_outage_of_the_queue_costs_nothing_that_was_accepted(system):
    """While SQS is silent the API says 503 within its time limit; both services go on by themselves."""
    with Load(system.caller, "queue", per_second=_PER_SECOND, max_requests=2000) as load:
        wait_for("load", lambda: load.has(_BEFORE))
        with system.localstack.frozen():
            wait_for("requests that are not accepted", lambda: len(load.refused) >= 2)
        wait_for("load", lambda: load.has(_BEFORE + _AFTER))

    outcome = outcome_of(system, load.accepted)

    assert {503} == set(load.refused)
    assert (set(), set(), set()) == (outcome.lost, outcome.doubled, outcome.unsent)
