"""The tables of services/README.md: an answer, its outcome, and what ledger and queue are told."""

import re
from typing import get_args

import pytest

from email_sender.ledger import AlreadyFailed, AlreadySent, Conflicting, InProgress, OutcomeUnknown
from email_sender.providers.ses_refusals import classify
from email_sender.providers.smtp_refusals import RefusedError
from email_sender.providers.smtp_reply import Reply
from email_sender.providers.smtp_rules import Stage
from email_sender.sending.outcome import Outcome
from email_sender.sending.retry_policy import (
    Attempt,
    Attempted,
    DeadLetter,
    Delete,
    Limits,
    Redeliver,
    after_attempt,
    after_refusal,
)
from tests.unit.documents import table, text_of

ACTIONS = {
    "is deleted": Delete,
    "comes back": Redeliver,
    "becomes a dead letter": DeadLetter,
}


def limits(*, resend=False):
    """Bounds that no first attempt meets."""
    return Limits(max_attempts=30, max_age_seconds=14400, resend_unknown=resend)


def pause_of(outcome, times):
    """Longest pause in seconds after so many attempts that ended in this way."""
    _, action = after_attempt(
        Attempt(outcome, "", receive_count=times, failures=times - 1),
        Limits(max_attempts=1000, max_age_seconds=14400, resend_unknown=False),
        lambda: 1.0,
    )
    return action.after_seconds


def test_the_table_of_outcomes_is_the_retry_policy():
    """For each outcome: what the ledger becomes, what is counted, and what the queue is told."""
    rows = table("services/README.md", "outcome", "the ledger says", "counts as", "the message")
    told = {}
    for outcome, state, counts_as, message in rows:
        told[outcome.strip("`")] = (state.strip("`"), counts_as or None, ACTIONS[message.partition(",")[0]])

    made = {}
    for outcome in (Outcome[name] for name in told):
        ending, action = after_attempt(Attempt(outcome, "", receive_count=1), limits(), lambda: 0.5)
        made[outcome.name] = (ending.state, ending.counts_as, type(action))

    assert made == told
    assert {outcome.name for outcome in get_args(Attempted)} == set(told)


def test_a_mail_that_may_have_been_sent_comes_back_where_that_is_wanted():
    """The second half of that row."""
    _, action = after_attempt(
        Attempt(Outcome.UNCERTAIN, "", receive_count=1), limits(resend=True), lambda: 0.5
    )

    assert Redeliver is type(action)
    assert "or comes back with `UNKNOWN_OUTCOME=resend`" in text_of("services/README.md")


@pytest.mark.parametrize("outcome", [Outcome.TRANSIENT, Outcome.UNAVAILABLE, Outcome.THROTTLED])
def test_the_pauses_are_those_of_the_retry_policy(outcome):
    """From the first to the longest."""
    said = f"from {pause_of(outcome, 1)} s to {pause_of(outcome, 40)} s after `{outcome.name}`"

    assert said in text_of("services/README.md")


@pytest.mark.parametrize(
    ("outcome", "said"),
    [(Outcome.UNAVAILABLE, "after {} such refusals"), (Outcome.THROTTLED, "or {} of the throttling kind")],
)
def test_a_mail_that_is_refused_alone_is_given_up(outcome, said):
    """At the number of refusals that the page names, and not one earlier."""
    enough = next(
        times
        for times in range(1, 100)
        if isinstance(
            after_attempt(
                Attempt(
                    outcome,
                    "",
                    receive_count=times,
                    refusals=times - 1,
                    failing_seconds=14400,
                    others_taken=True,
                ),
                limits(),
                lambda: 0.5,
            )[1],
            DeadLetter,
        )
    )

    assert said.format(enough) in text_of("services/README.md")


def test_the_table_of_claims_is_the_retry_policy():
    """What happens to a message of which the ledger says that there is nothing to send."""
    decisions = {
        "it is sent": AlreadySent(),
        "it has failed": AlreadyFailed("mailbox full"),
        "another task is sending it": InProgress(lease_until=100.0),
        "it may have been sent, and is held": OutcomeUnknown("hung up", found_now=False),
        "its id belongs to another content": Conflicting(),
    }
    said = {
        known: ACTIONS[re.match("is deleted|comes back|becomes a dead letter", message)[0]]
        for known, message in table("services/README.md", "the ledger knows", "so the message")
    }

    assert {known: type(after_refusal(one, now=70.0)) for known, one in decisions.items()} == said
    assert Redeliver(31) == after_refusal(decisions["another task is sending it"], now=70.0)


def answers(provider):
    """The examples of a provider's answers."""
    rows = table("services/README.md", "provider", "at", "answer", "outcome")
    found = [tuple(cell.strip("`") for cell in rest) for name, *rest in rows if name == provider]
    assert found
    return found


STAGES = {
    "AUTH": Stage.OPENING,
    "MAIL FROM": Stage.MAIL,
    "RCPT TO": Stage.RCPT,
    "DATA": Stage.DATA,
    "content": Stage.CONTENT,
}


@pytest.mark.parametrize(("command", "answer", "outcome"), answers("SMTP"))
def test_an_smtp_answer_is_taken_as_the_page_says(command, answer, outcome):
    """Each example goes through the rules that a relay's answers go through."""
    code, _, words = answer.partition(" ")
    error = RefusedError(STAGES[command], Reply(int(code), words)).provider_error("ada@example.com")

    assert f"{outcome.capitalize()}Error" == type(error).__name__


@pytest.mark.parametrize(("status", "code", "outcome"), answers("SES"))
def test_an_answer_of_ses_is_taken_as_the_page_says(status, code, outcome):
    """Each example goes through the rules that SES's errors go through."""
    assert f"{outcome.capitalize()}Error" == classify(code, "", int(status)).__name__
