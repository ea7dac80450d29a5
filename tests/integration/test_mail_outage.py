"""The mail server goes away for a while."""

from tests.integration.caller import Load
from tests.integration.outcome import outcome_of
from tests.integration.waiting import wait_for

_BEFORE, _DURING, _ALL = 20, 60, 100


def test_nothing_is_lost_while_the_mail_server_is_down(system):
    """Requests are accepted throughout; afterwards each is one mail, or one that was under way as it went.

    What was handed over as the connection broke is `unknown` and held, as set: at most what the Email
    Sender has in hand.
    """
    concurrency = int(system.sender.definition.environment["CONCURRENCY"])
    with Load(system.caller, "outage", per_second=20, most=_ALL) as load:
        wait_for("load", lambda: load.has(_BEFORE))
        system.mail_server.go_down()
        wait_for("load", lambda: load.has(_DURING))
        system.mail_server.come_back()
        wait_for("load", lambda: load.has(_ALL))

    outcome = outcome_of(system, load.accepted)

    assert [] == load.refused
    assert (set(), set(), set()) == (outcome.lost, outcome.doubled, outcome.unsent)
    assert len(outcome.unknown) <= concurrency
