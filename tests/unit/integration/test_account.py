from types import SimpleNamespace

import pytest

from tests.integration.account import Known, account_of, gather

_REFUSED = '{"event": "refused", "notification_id": "n-2", "reason": "500 Error"}'


@pytest.fixture
def known():
    """Of four notifications one went well; one was refused, one was sent twice, one is nowhere."""
    return Known(
        ledger={"n-1": {"state": "sent"}, "n-2": {"state": "failed", "attempt": 1}, "n-3": {"state": "sent"}},
        mails={"n-1": 1, "n-3": 2},
        dead_letters={"n-2": "permanent: 500 Error"},
        lines={
            "notification-api": ['{"event": "serving"}'],
            "email-sender": [_REFUSED, '{"event": "sent", "notification_id": "n-1"}'],
            "mail-server": ['{"event": "kept", "notification_id": "n-3"}'],
        },
    )


def test_what_went_well_is_not_named(known):
    """One mail and `sent` is what everybody wants."""
    assert "" == account_of(["n-1"], known)


def test_a_refused_notification_comes_with_ledger_reason_and_lines(known):
    """Nobody has to search four logs for an id."""
    account = account_of(["n-1", "n-2"], known)

    assert [
        "n-2: 0 mails",
        '  ledger: {"state": "failed", "attempt": 1}',
        "  dead letter: permanent: 500 Error",
        "  notification-api: no line",
        f"  email-sender: {_REFUSED}",
        "  mail-server: no line",
    ] == account.splitlines()


def test_a_notification_with_two_mails_went_wrong(known):
    """The ledger may say what it will: the mail server has taken it twice."""
    assert "n-3: 2 mails" == account_of(["n-3"], known).splitlines()[0]


def test_a_notification_that_nobody_knows_is_named(known):
    """That ledger and logs say nothing is said."""
    account = account_of(["n-4"], known)

    assert ["n-4: 0 mails", "  ledger: no item", "  dead letter: none"] == account.splitlines()[:3]


def test_many_are_counted(known):
    """What nobody reads to the end is cut, and every id is there."""
    ids = [f"lost-{number}" for number in range(30)]

    account = account_of(ids, known)

    assert "and 10 more" in account
    assert [] == [made for made in ids if made not in account]


def test_a_part_that_does_not_answer_keeps_nothing_else_from_being_told():
    """The test may be about an outage: what the others say is told all the same."""

    def down():
        raise ConnectionError("refused")

    system = SimpleNamespace(
        ledger_items=down,
        dead_letters=lambda: [SimpleNamespace(notification_id="n-1", reason="gone")],
        mail_server=SimpleNamespace(mails=down),
        containers=[SimpleNamespace(name="email-sender", lines=lambda: ["n-1 is retried"])],
    )

    account = account_of(["n-1"], gather(system))

    assert [
        "the ledger does not answer: ConnectionError('refused')",
        "the mail server does not answer: ConnectionError('refused')",
        "n-1: 0 mails",
        "  ledger: no item",
        "  dead letter: gone",
        "  email-sender: n-1 is retried",
    ] == account.splitlines()
