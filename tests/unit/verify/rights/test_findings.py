import pytest

from tests.unit.verify.rights.worlds import (
    OTHER_QUEUE,
    QUEUE,
    allowed,
    refused,
    role,
    seen,
    statement,
)
from verify.rights.findings import checks, findings
from verify.rights.judge import judge
from verify.rights.reasons import Reason, Reasons

NAME = "staging-email-sender-task"
RECEIVE, PURGE = "sqs:ReceiveMessage", "sqs:PurgeQueue"


def found(*decisions, statements=(), **reasons):
    """Findings on one role: kind, place, sentence."""
    observed = seen(*decisions, roles=[role(*statements)])
    entries = Reasons(**{name: (one,) for name, one in reasons.items()})
    return [(one.kind, one.about, one.sentence) for one in findings(judge(observed, entries))]


def reason(action):
    """An entry of the file."""
    return Reason("reasons.yaml:7", "*-task", "An incident's.", action)


def test_a_right_that_nothing_used_is_a_finding():
    """The sentence names role, policy, statement and action."""
    sentence = "run/Purge grants sqs:PurgeQueue, and nothing used it"

    assert [("unused", NAME, sentence)] == found(statements=[statement("Purge", PURGE)])


def test_all_that_nothing_used_of_a_statement_is_one_finding():
    """Its actions are told together."""
    sentence = "run/Work grants sqs:DeleteMessage, sqs:PurgeQueue, and nothing used them"

    assert [("unused", NAME, sentence)] == found(
        allowed(RECEIVE, "Work"), statements=[statement("Work", [PURGE, RECEIVE, "sqs:DeleteMessage"])]
    )


def test_all_that_a_wildcard_grants_for_nothing_is_one_finding():
    """The sentence names a few, and how many there are besides."""
    ((_, _, sentence),) = found(allowed(RECEIVE, "All"), statements=[statement("All", "sqs:*")])

    assert sentence.startswith("run/All grants sqs:AddPermission, sqs:CancelMessageMoveTask, ")
    assert sentence.endswith(" more of sqs:*, and nothing used them")


def test_a_resource_that_nothing_was_done_on_is_a_finding():
    """The sentence names the statement and the resource."""
    sentence = f"run/Receive is about {OTHER_QUEUE}, and nothing was done there"

    assert [("unused", NAME, sentence)] == found(
        allowed(RECEIVE, "Receive"), statements=[statement("Receive", RECEIVE, [QUEUE, OTHER_QUEUE])]
    )


@pytest.mark.parametrize(("count", "times"), [(1, ""), (3, " (3 times)")])
def test_a_refusal_is_a_finding_with_awss_sentence(count, times):
    """And how often it came."""
    decision = refused(PURGE, count=count)

    assert [("refused", NAME, f"{decision.message}{times}")] == found(decision)


def test_a_refusal_of_somebody_else_is_a_finding():
    """A service is named as itself."""
    decision = refused(PURGE, principal="sns.amazonaws.com")

    assert [("refused", "sns.amazonaws.com", decision.message)] == found(decision)


def test_a_refusal_with_a_reason_is_none():
    """A test wanted it."""
    assert [] == found(refused(PURGE), refused=reason(PURGE))


def test_an_unused_right_with_a_reason_is_no_finding():
    """Somebody says why it is there."""
    assert [] == found(statements=[statement("Purge", PURGE)], unused=reason(PURGE))


@pytest.mark.parametrize(
    ("kind", "decisions", "statements", "sentence"),
    [
        ("unused", (), (), "nobody grants *-task sqs:PurgeQueue"),
        (
            "unused",
            (allowed(PURGE, "Purge"),),
            (statement("Purge", PURGE),),
            "sqs:PurgeQueue is used by all of *-task",
        ),
        ("refused", (), (), "nothing refused *-task sqs:PurgeQueue"),
    ],
)
def test_a_reason_for_nothing_is_a_finding(kind, decisions, statements, sentence):
    """The sentence names the line of the file."""
    assert [("reason", "reasons.yaml:7", sentence)] == found(
        *decisions, statements=statements, **{kind: reason(PURGE)}
    )


def test_rights_that_are_enough_and_no_more_have_no_finding():
    """Each is used, and nothing is refused."""
    assert [] == found(allowed(RECEIVE, "Receive"), statements=[statement("Receive", RECEIVE)])


def test_findings_are_checks_of_a_report():
    """Each kind is one, with what broke it."""
    observed = seen(
        allowed(RECEIVE, "Work"),
        refused("sqs:DeleteMessage"),
        roles=[role(statement("Work", [RECEIVE, PURGE]))],
    )
    entries = Reasons(unused=(reason("sqs:SendMessage"),))
    found = {one.name: one for one in checks(judge(observed, entries))}

    assert {"rights_used": "fail", "nothing_refused": "fail", "reasons_hold": "fail"} == {
        name: one.outcome for name, one in found.items()
    }
    assert "1 of 2 used, 0 with a reason" == found["rights_used"].figure
    assert f"{NAME}: run/Work grants sqs:PurgeQueue, and nothing used it" == found["rights_used"].detail
    assert "calls refused: 1" == found["nothing_refused"].figure
    assert found["reasons_hold"].detail.startswith("reasons.yaml:7: nobody grants")


def test_checks_pass_where_nothing_is_found():
    """What has a reason is counted all the same."""
    observed = seen(allowed(RECEIVE, "Work"), roles=[role(statement("Work", [RECEIVE, PURGE]))])
    found = checks(judge(observed, Reasons(unused=(reason(PURGE),))))

    assert {"pass"} == {one.outcome for one in found}
    assert "1 of 2 used, 1 with a reason" == found[0].figure
