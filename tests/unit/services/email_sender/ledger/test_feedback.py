from dataclasses import replace
from itertools import permutations

import pytest

from email_sender.ledger import (
    AlreadyRecorded,
    AlreadySent,
    Ending,
    Event,
    Feedback,
    InProgress,
    NotKnown,
    Recorded,
)
from email_sender.ledger.decide import decide, is_settled
from email_sender.ledger.feedback import record

_TOLD = {
    "delayed": Feedback("id-1", 2, "delayed", 1001.0, "MailboxFull"),
    "soft_bounced": Feedback("id-1", 2, "bounced", 1003.0, "Transient General", soft=True),
    "delivered": Feedback("id-1", 2, "delivered", 1002.0, "250 OK"),
    "bounced": Feedback("id-1", 2, "bounced", 1004.0, "Permanent General: 550 5.1.1"),
    "complained": Feedback("id-1", 2, "complained", 1005.0, "abuse"),
}


@pytest.fixture
def sent(item):
    """An item whose second attempt was sent."""
    return item(state="sent", lease_until=0.0, events=(Event(1000.0, "sent", 2),))


def _after(item, policy, *told):
    for feedback in told:
        recording = record(item, feedback, 1010, policy)
        item = recording.item if isinstance(recording, Recorded) else item
    return item


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("delayed", "sent"),
        ("soft_bounced", "soft_bounced"),
        ("delivered", "delivered"),
        ("bounced", "bounced"),
        ("complained", "complained"),
    ],
)
def test_what_the_provider_says_becomes_state_and_timeline(sent, policy, name, state):
    """The item's next version says how things stand, and since when."""
    told = _TOLD[name]

    new = _after(sent, policy, told)

    assert (4, state, 87410) == (new.version, new.state, new.expires_at)
    assert Event(told.at, told.kind, 2, told.reason) == new.events[-1]


@pytest.mark.parametrize("order", list(permutations(_TOLD)), ids="-".join)
def test_order_and_repeats_make_no_difference(sent, policy, order):
    """However late or often it is told, the same things are known in the end, each once and in its place."""
    told = [_TOLD[name] for name in order]

    new = _after(sent, policy, *told, *told)

    assert "complained" == new.state
    assert [1000.0, 1001.0, 1002.0, 1003.0, 1004.0, 1005.0] == [event.at for event in new.events]
    assert sent.version + len(told) == new.version


@pytest.mark.parametrize(
    ("first", "then", "state"),
    [
        ("delivered", "bounced", "bounced"),
        ("bounced", "delivered", "bounced"),
        ("delivered", "soft_bounced", "delivered"),
        ("soft_bounced", "delivered", "delivered"),
        ("complained", "delivered", "complained"),
        ("bounced", "delayed", "bounced"),
    ],
)
def test_what_weighs_more_stays(sent, policy, first, then, state):
    """A mail that came back was delivered to nobody; a notice of absence undoes no delivery."""
    assert state == _after(sent, policy, _TOLD[first], _TOLD[then]).state


def test_a_repeat_changes_nothing(sent, policy):
    """Nothing is written for what is known."""
    known = _after(sent, policy, _TOLD["bounced"])

    assert AlreadyRecorded() == record(known, _TOLD["bounced"], 1020, policy)


def test_of_what_nobody_knows_nothing_is_written(policy):
    """The ledger does not begin with its end."""
    assert NotKnown() == record(None, _TOLD["bounced"], 1010, policy)


def test_whoever_sends_it_settles_first(item, policy):
    """While the attempt's lease lasts the provider's word waits."""
    assert InProgress(1030.0) == record(item(), _TOLD["delivered"], 1029, policy)


@pytest.mark.parametrize("state", ["sending", "unknown", "pending", "failed"])
def test_the_providers_word_ends_what_nobody_knew(item, claim_request, policy, state):
    """Once the lease is over, it is better than a guess, and no second mail is sent."""
    unsettled = item(state=state, lease_until=1009.0)

    new = _after(unsettled, policy, _TOLD["delivered"])

    assert ("delivered", 0.0) == (new.state, new.lease_until)
    assert (AlreadySent(), None) == decide(new, claim_request(), 1020, policy)


@pytest.mark.parametrize("state", ["delivered", "soft_bounced", "bounced", "complained"])
def test_what_was_taken_is_not_sent_again(item, claim_request, policy, state):
    """A repeat of its message is a repeat, whatever became of the mail; a late settlement is settled."""
    known = item(state=state, owner="me")

    assert (AlreadySent(), None) == decide(known, claim_request(), 1020, policy)
    assert is_settled(known, "me", Ending("sent"))
    assert not is_settled(known, "me", Ending("pending"))


def test_an_earlier_attempt_has_no_say(sent, policy):
    """What became of the first mail does not become of the second, and is still told."""
    new = _after(sent, policy, replace(_TOLD["bounced"], attempt=1))

    assert ("sent", "bounced") == (new.state, new.events[-1].event)


@pytest.mark.parametrize(("state", "expected"), [("pending", "delivered"), ("sent", "sent")])
def test_an_earlier_attempt_that_arrived_ends_the_trying(item, policy, state, expected):
    """Nobody sends again what was delivered all the same."""
    tried = item(state=state)

    assert expected == _after(tried, policy, replace(_TOLD["delivered"], attempt=1)).state


def test_an_attempt_under_way_is_left_to_its_owner(item, policy):
    """What is told of an earlier attempt takes nobody's lease."""
    new = _after(item(), policy, replace(_TOLD["bounced"], attempt=1))

    assert ("sending", "other", 1030.0) == (new.state, new.owner, new.lease_until)


@pytest.mark.parametrize(
    ("state", "expected"), [("sent", "failed"), ("unknown", "failed"), ("delivered", "delivered")]
)
def test_a_mail_that_the_provider_gives_up_has_failed(item, policy, state, expected):
    """It took it and sends it never, as after a virus; unless it was delivered."""
    told = Feedback("id-1", 2, "failed", 1001.0, "SES rejected it: Bad content")

    assert expected == _after(item(state=state), policy, told).state
