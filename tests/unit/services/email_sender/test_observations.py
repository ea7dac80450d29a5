import json

import pytest

from email_sender.observations import Observations
from email_sender.queue.inbox import ReceivedMessage
from email_sender.sending.outcome import Outcome


@pytest.fixture
def observations(metrics):
    """What is measured, with SES as the provider."""
    return Observations(metrics, "ses")


@pytest.fixture
def lines(metrics, emf):
    """What was measured so far, by Provider and Outcome."""

    def read():
        metrics.flush()
        parsed = [json.loads(line) for line in emf.getvalue().splitlines()]
        return {(line.get("Provider"), line.get("Outcome")): line for line in parsed}

    return read


def _received(receive_count):
    return ReceivedMessage("m", "r", receive_count, "", sent_at=100.0)


@pytest.mark.parametrize(
    ("outcome", "name"),
    [
        (Outcome.SENT, "MailsSent"),
        (Outcome.UNAVAILABLE, "MailsUnavailable"),
        (Outcome.THROTTLED, "MailsThrottled"),
        (Outcome.TRANSIENT, "MailsTransientFailure"),
        (Outcome.PERMANENT, "MailsRefused"),
        (Outcome.UNCERTAIN, "MailsUnknown"),
        (Outcome.RELEASED, "MessagesReleased"),
        (Outcome.EXPIRED, "MailsExpired"),
        (Outcome.MALFORMED, "MessagesMalformed"),
        (Outcome.UNKNOWN_VERSION, "MessagesOfUnknownVersion"),
        (Outcome.DUPLICATE, "MessagesDuplicate"),
        (Outcome.CONFLICTING, "MessagesConflicting"),
    ],
)
def test_every_outcome_is_counted(observations, lines, outcome, name):
    """Alarms read these names, without further dimensions; the time it took is there by outcome."""
    observations.ended(outcome, 0.25)

    found = lines()
    assert 1 == found[None, None][name]
    assert [250] == found["ses", outcome.name.lower()]["ProcessingTime"]


def test_sent_mails_are_timed_as_a_whole_and_by_outcome(observations, lines):
    """Graphs read durations of sent mails without dimensions; both are there."""
    observations.tried(Outcome.SENT, 0.125, 4)

    found = lines()
    for line in (found[None, None], found["ses", "sent"]):
        assert ([125], [4000]) == (line["SendDuration"], line["AcceptedToSent"])


@pytest.mark.parametrize(("age", "in_time"), [(10, 100), (10.001, 0)])
def test_handed_over_in_time(observations, lines, age, in_time):
    """The average of 100 for in time and 0 for too late is the percentage."""
    observations.tried(Outcome.SENT, 0.1, age)

    found = lines()
    assert [in_time] == found[None, None]["HandedOverInTime"]
    assert [in_time] == found["ses", None]["HandedOverInTime"]


def test_failed_attempts_do_not_colour_the_time_of_sent_mails(observations, lines):
    """A timeout is seen under its outcome alone."""
    observations.tried(Outcome.TRANSIENT, 5, 6)

    found = lines()
    assert [5000] == found["ses", "transient"]["SendDuration"]
    assert (None, None) not in found


@pytest.mark.parametrize(("receive_count", "waits"), [(1, [2500]), (2, None)])
def test_queue_wait_is_that_of_the_first_receive(observations, lines, receive_count, waits):
    """What comes back has been waiting for its backoff, not for a free slot."""
    observations.received(_received(receive_count), 102.5)

    assert waits == lines().get(("ses", None), {}).get("QueueWait")


def test_clock_that_is_behind_makes_no_negative_wait(observations, lines):
    """A host's clock may be a little behind that of SQS."""
    observations.received(_received(1), 99.0)

    assert [0] == lines()["ses", None]["QueueWait"]


def test_dead_letters_and_late_findings_are_counted(observations, lines):
    """Both happen beside an outcome, so they have counters of their own."""
    observations.dead_letter()
    observations.unknown()

    found = lines()[None, None]
    assert (1, 1) == (found["DeadLetters"], found["MailsUnknown"])


def test_clocks_that_differ_make_no_mail_sent_before_it_was_accepted(observations, lines):
    """A graph of less than nothing helps nobody."""
    observations.tried(Outcome.SENT, 0.1, -0.25)

    assert [0] == lines()["ses", "sent"]["AcceptedToSent"]
