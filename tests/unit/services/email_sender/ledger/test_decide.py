from dataclasses import replace

import pytest

from email_sender.ledger import (
    AlreadyFailed,
    AlreadySent,
    Claimed,
    Conflicting,
    Ending,
    Event,
    InProgress,
    OutcomeUnknown,
)
from email_sender.ledger.decide import decide, failing_seconds, is_settled, renew, reopen, settle


def test_new_notification_is_claimed(claim_request, policy):
    """What the ledger does not know is the first attempt, under a lease."""
    decision, new = decide(None, claim_request(), 1000, policy)

    assert Claimed(new) == decision
    assert (1, "sending", 1, "me", 1030) == (new.version, new.state, new.attempt, new.owner, new.lease_until)
    assert ("aa", "team-a", 900.0, 87400) == (
        new.fingerprint,
        new.client_id,
        new.accepted_at,
        new.expires_at,
    )
    assert (Event(1000, "sending", 1),) == new.events


def test_pending_is_claimed_again(claim_request, item, policy):
    """What failed for now is one attempt more."""
    decision, new = decide(item(state="pending"), claim_request(), 1000, policy)

    assert isinstance(decision, Claimed)
    assert (4, "sending", 3, "me") == (new.version, new.state, new.attempt, new.owner)


def test_sent_is_not_sent_again(claim_request, item, policy):
    """A repeat of what was sent changes nothing."""
    assert (AlreadySent(), None) == decide(item(state="sent"), claim_request(), 1000, policy)


def test_failed_stays_failed(claim_request, item, policy):
    """A repeat of what failed gets the reason of then."""
    failed = item(state="failed", events=(Event(1, "failed", 2, "550 no"),))

    assert (AlreadyFailed("550 no"), None) == decide(failed, claim_request(), 1000, policy)


def test_live_lease_keeps_others_away(claim_request, item, policy):
    """As long as a lease lasts nobody else sends."""
    assert (InProgress(1030.0), None) == decide(item(), claim_request(), 1029.9, policy)


@pytest.mark.parametrize("state", ["sending", "unknown"])
def test_own_claim_is_known_again(claim_request, item, policy, state):
    """A claim whose confirmation was lost may be made again by its owner, who knows that nothing was sent."""
    decision, new = decide(item(owner="me", state=state), claim_request(), 1010, policy)

    assert isinstance(decision, Claimed)
    assert (4, 1040) == (new.version, new.lease_until)


def test_lease_that_ran_out_is_unknown(claim_request, item, policy):
    """Whoever claimed it last may have sent it: it is held, and the timeline says so."""
    decision, new = decide(item(), claim_request(), 1030, policy)

    assert OutcomeUnknown("nobody said how attempt 2 ended", found_now=True) == decision
    assert (4, "unknown", 2) == (new.version, new.state, new.attempt)
    assert (Event(1030, "unknown", 2, "nobody said how attempt 2 ended"),) == new.events


def test_held_stays_held(claim_request, item, policy):
    """An unknown outcome that is held is not found twice."""
    held = item(state="unknown", events=(Event(1, "unknown", 2, "timeout"),))

    assert (OutcomeUnknown("timeout", found_now=False), None) == decide(held, claim_request(), 1000, policy)


def test_lease_that_ran_out_is_resent_if_so_set(claim_request, item, policy):
    """With resend the same write says that the outcome is unknown and claims the next attempt."""
    decision, new = decide(item(), claim_request(), 1030, replace(policy, resend_unknown=True))

    assert Claimed(new, found_unknown=True) == decision
    assert ["unknown", "sending"] == [event.event for event in new.events]
    assert (4, 3) == (new.version, new.attempt)


def test_unknown_is_resent_if_so_set(claim_request, item, policy):
    """With resend an unknown outcome is claimed like one that failed for now."""
    decision, _ = decide(item(state="unknown"), claim_request(), 1000, replace(policy, resend_unknown=True))

    assert isinstance(decision, Claimed)
    assert not decision.found_unknown


@pytest.mark.parametrize("state", ["sending", "pending", "sent", "failed", "unknown"])
def test_other_content_under_the_same_id_is_a_conflict(claim_request, item, policy, state):
    """A message that says something else is never sent; the timeline says it came, the rest stays."""
    found = item(state=state)

    decision, new = decide(found, claim_request(fingerprint="bb"), 2000, policy)

    assert Conflicting() == decision
    assert ("conflict", None) == (new.events[-1].event, new.events[-1].attempt)
    assert replace(found, version=4, events=new.events, expires_at=88400) == new


def test_conflict_is_written_once(claim_request, item, policy):
    """A conflicting message that comes again adds nothing to the timeline."""
    found = item(events=(Event(1, "conflict"),))

    assert (Conflicting(), None) == decide(found, claim_request(fingerprint="bb"), 1000, policy)


@pytest.mark.parametrize(("known", "said"), [("", "aa"), ("aa", "")])
def test_no_fingerprint_is_no_conflict(claim_request, item, policy, known, said):
    """A message of a Notification API that gives no fingerprint can only be taken for a repeat."""
    decision, new = decide(
        item(state="pending", fingerprint=known), claim_request(fingerprint=said), 1000, policy
    )

    assert isinstance(decision, Claimed)
    assert "aa" == new.fingerprint


@pytest.mark.parametrize(
    ("state", "event"), [("pending", "retry"), ("sent", "sent"), ("failed", "failed"), ("unknown", "unknown")]
)
def test_owner_settles(item, policy, state, event):
    """Who holds the claim says how the attempt ended."""
    new = settle(item(), "other", Ending(state, "why"), 1010, policy)

    assert (4, state, 0.0, 87410) == (new.version, new.state, new.lease_until, new.expires_at)
    assert (Event(1010, event, 2, "why"),) == new.events
    assert is_settled(new, "other", Ending(state, "why"))


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"owner": "third"}, "sent"),
        ({"owner": "third", "state": "unknown"}, "sent"),
        ({"state": "unknown"}, "pending"),
        ({"state": "pending"}, "sent"),
        (None, "sent"),
    ],
)
def test_who_lost_the_claim_settles_nothing(item, policy, changes, state):
    """A claim that is somebody else's, over or gone changes nothing any more."""
    current = None if changes is None else item(**changes)

    assert settle(current, "other", Ending(state), 1010, policy) is None
    assert not is_settled(current, "other", Ending(state))


@pytest.mark.parametrize("state", ["sent", "failed"])
def test_what_is_known_late_is_still_known(item, policy, state):
    """Whoever found that nobody knows how an attempt ended is corrected by the one who does."""
    new = settle(item(state="unknown"), "other", Ending(state, "why"), 1050, policy)

    assert (4, state) == (new.version, new.state)


def test_renewal_makes_the_lease_begin_anew(item, policy):
    """Only the end of the lease changes, and the version that others would have to have seen."""
    assert replace(item(), version=4, lease_until=1045.0) == renew(item(), "other", 1015, policy)


@pytest.mark.parametrize("changes", [{"owner": "third"}, {"state": "unknown"}, {"state": "pending"}, None])
def test_who_lost_the_claim_renews_nothing(item, policy, changes):
    """A claim that is somebody else's, over or gone cannot be made to last."""
    assert renew(None if changes is None else item(**changes), "other", 1015, policy) is None


@pytest.mark.parametrize(
    ("counts_as", "counted"), [(None, (1, 0, 5.0)), ("failure", (2, 0, 15.0)), ("refusal", (1, 1, 15.0))]
)
def test_failures_are_counted(item, policy, counts_as, counted):
    """A mail's own failures are counted, and for how long; what is not its doing is not."""
    events = (Event(1000, "retry", 1), Event(1008, "sending", 2))
    found = item(failures=1, failing_seconds=5.0, events=events)

    new = settle(found, "other", Ending("pending", "why", counts_as), 1010, policy)

    assert counted == (new.failures, new.refusals, new.failing_seconds)


@pytest.mark.parametrize(
    ("failures", "before", "seconds"),
    [(0, 1000, 0.0), (1, 1000, 105.0), (1, 201, 904.0), (1, 200, 905.0), (1, -50_000, 905.0), (1, 1200, 5.0)],
)
def test_outage_is_no_time_of_failing(item, failures, before, seconds):
    """Time between two attempts counts up to the longest back-off: what is beyond is not the mail's doing."""
    events = (Event(before, "retry", 1), Event(1099, "sending", 2))
    found = item(failures=failures, failing_seconds=5.0 * failures, events=events)

    assert seconds == failing_seconds(found, 1100)


def test_count_outlives_the_next_claim(item, claim_request, policy):
    """The next attempt goes on counting where the last one stopped."""
    found = item(state="pending", failures=3, refusals=2, failing_seconds=950.0)

    _, new = decide(found, claim_request(), 1000, policy)

    assert (3, 2, 950.0) == (new.failures, new.refusals, new.failing_seconds)


def test_mail_that_ends_every_sender_is_not_resent_for_ever(item, claim_request, policy):
    """With resend a claim that nobody settled counts as a failure, and the last of them is held."""
    resend = replace(policy, resend_unknown=True, max_attempts=3)

    decision, new = decide(item(failures=1), claim_request(), 1030, resend)
    assert (True, 2) == (decision.found_unknown, new.failures)

    decision, new = decide(item(failures=2), claim_request(), 1030, resend)
    assert OutcomeUnknown("nobody said how attempt 2 ended", found_now=True) == decision
    assert ("unknown", 3) == (new.state, new.failures)
    assert OutcomeUnknown(decision.reason, found_now=False) == decide(new, claim_request(), 1031, resend)[0]


@pytest.mark.parametrize("state", ["failed", "unknown"])
def test_operator_reopens(item, claim_request, policy, state):
    """What an operator sends back from the dead-letter queue may be claimed again, with new attempts."""
    found = item(state=state, failures=30, refusals=5, failing_seconds=1.0)

    new = reopen(found, "sent back by an operator", 1010)

    assert (0, 0, 0.0) == (new.failures, new.refusals, new.failing_seconds)
    assert (4, "pending", "retry") == (new.version, new.state, new.events[-1].event)
    assert isinstance(decide(new, claim_request(), 1011, policy)[0], Claimed)


@pytest.mark.parametrize("state", ["sending", "pending", "sent"])
def test_nothing_to_reopen(item, state):
    """What is sent stays sent, and what is on its way needs no help."""
    assert reopen(item(state=state), "why", 1010) is None
