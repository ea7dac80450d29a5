from datetime import UTC, datetime

import pytest

from email_sender.redrive.judge import Asked, Drop, Leave, Move, Verdict, judge

_NOW = 1_700_000_100.0
_GAVE_UP = "gave up after 5 attempts: 450 try later"
_UNKNOWN = "outcome unknown: nobody said how attempt 2 ended"


def _left(verdict):
    return Leave(verdict)


@pytest.mark.parametrize("state", ["failed", "pending"])
def test_what_was_not_sent_is_moved(letter_body, ledger_item, state):
    """A letter whose mail was not sent goes back, and its notification may be claimed again."""
    decision = judge(letter_body(), _GAVE_UP, ledger_item(state), Asked(), _NOW)

    assert isinstance(decision, Move)
    if state == "failed":
        assert ("pending", 4) == (decision.reopened.state, decision.reopened.version)
        assert "operator" in decision.reopened.last_reason
    else:
        assert decision.reopened is None


def test_what_the_ledger_does_not_know_is_moved(letter_body):
    """A letter that SQS itself moved, or whose item has expired, goes back as it is."""
    assert Move(None) == judge(letter_body(), "", None, Asked(), _NOW)


@pytest.mark.parametrize("state", ["sent", "delivered", "soft_bounced", "bounced", "complained"])
def test_what_was_sent_is_left_or_dropped(letter_body, ledger_item, state):
    """A mail that is sent is never sent again; its letter is deleted only when asked to."""
    sent = ledger_item(state)

    assert _left(Verdict.SENT) == judge(letter_body(), _GAVE_UP, sent, Asked(), _NOW)
    assert Drop() == judge(letter_body(), _GAVE_UP, sent, Asked(drop_sent=True), _NOW)
    everything = Asked(resend_unknown=True)
    assert _left(Verdict.SENT) == judge(letter_body(), _UNKNOWN, sent, everything, _NOW)


@pytest.mark.parametrize("state", ["unknown", "sending", "failed", None])
def test_what_may_have_been_sent_is_left_unless_asked_for(letter_body, ledger_item, state):
    """Whether the letter or the ledger says so, an unknown outcome is sent again only on request."""
    item = None if state is None else ledger_item(state, lease_until=_NOW - 1)
    reason = _UNKNOWN if state in {"failed", None} else ""

    assert _left(Verdict.UNKNOWN) == judge(letter_body(), reason, item, Asked(), _NOW)
    decision = judge(letter_body(), reason, item, Asked(resend_unknown=True), _NOW)
    assert isinstance(decision, Move)
    assert item is None or decision.reopened.state == "pending"


def test_what_is_being_sent_is_left(letter_body, ledger_item):
    """A live lease is respected, whatever was asked for."""
    item = ledger_item("sending", lease_until=_NOW + 1)

    everything = Asked(resend_unknown=True, drop_sent=True)
    assert _left(Verdict.IN_PROGRESS) == judge(letter_body(), "", item, everything, _NOW)


def test_another_mail_of_the_same_id_is_left(letter_body, ledger_item):
    """A letter that says something else must not reopen the notification of its id."""
    other = letter_body(fingerprint="0b")

    assert _left(Verdict.CONFLICTING) == judge(other, "", ledger_item("failed"), Asked(), _NOW)
    silent = letter_body(fingerprint="")
    assert isinstance(judge(silent, "", ledger_item("failed"), Asked(), _NOW), Move)


def test_letters_are_chosen_by_reason(letter_body):
    """With a text to look for, letters whose reason does not contain it are left."""
    asked = Asked(reason="Try Later")

    assert isinstance(judge(letter_body(), _GAVE_UP, None, asked, _NOW), Move)
    assert _left(Verdict.NOT_CHOSEN) == judge(letter_body(), "550 no such user", None, asked, _NOW)
    assert _left(Verdict.NOT_CHOSEN) == judge(letter_body(), "", None, asked, _NOW)


@pytest.mark.parametrize("state", ["failed", "pending", "unknown"])
@pytest.mark.parametrize(("seconds", "left"), [(-1, True), (0, True), (1, False)])
def test_what_has_expired_is_left(letter_body, ledger_item, state, seconds, left):
    """A mail that is of no use any more is sent by no operator, whatever is asked for."""
    letter = letter_body(expires_at=datetime.fromtimestamp(_NOW + seconds, UTC))

    decision = judge(letter, _GAVE_UP, ledger_item(state), Asked(resend_unknown=True), _NOW)

    assert left is (_left(Verdict.EXPIRED) == decision)
    assert _left(Verdict.EXPIRED) == judge(letter, _GAVE_UP, None, Asked(), _NOW + 1)
