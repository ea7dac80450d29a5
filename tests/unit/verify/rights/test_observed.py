import json
from dataclasses import replace

import pytest

from stage.authorization.decision import not_allowed
from stage.authorization.policy import Kind
from stage.authorization.principals import Principal
from stage.authorization.request import Request
from stage.control_plane.rights.record import Record
from tests.unit.verify.rights.worlds import SENDER, allowed, policy, refused, role, seen, statement
from verify.errors import LoadError
from verify.rights.observed import IDENTITY, Observed, Role, merged, of_callers, refused_since

SEND = statement("Send", "sqs:SendMessage")


def test_what_is_written_is_read():
    """Decisions and roles."""
    observed = seen(allowed("sqs:SendMessage", "Send"), roles=[Role(SENDER, (policy(SEND),))])

    assert observed == Observed.read(json.loads(observed.text()))


def test_decisions_are_read_as_the_emulated_aws_tells_them():
    """Its record has no roles, and its words are ours."""
    record = Record()
    caller = Principal.of("arn:aws:sts::111122223333:assumed-role/staging-email-sender-task/one", SENDER)
    record.note(not_allowed(Request(caller, "sqs:ListQueues"), Kind.IDENTITY))

    observed = Observed.read(record.seen())

    assert () == observed.roles
    (found,) = observed.decisions
    assert (SENDER, "sqs:ListQueues", "*", False, 1) == (
        found.principal,
        found.action,
        found.resource,
        found.allowed,
        found.count,
    )
    assert IDENTITY == found.kind


@pytest.mark.parametrize("facts", [{}, [], {"decisions": [{"principal": "a"}]}, {"decisions": 1}])
def test_what_is_no_record_is_refused(facts):
    """A page that answers 200 is none yet."""
    with pytest.raises(LoadError, match="no record of decisions"):
        Observed.read(facts)


def test_decisions_of_several_processes_are_added_up():
    """SQS has a process of its own; sentences differ by the session, and the first is told."""
    first, second = refused("sqs:PurgeQueue", count=2), refused("sqs:PurgeQueue", count=3)
    second = replace(second, message="another session")
    other = allowed("sqs:SendMessage", "Send")

    found = merged([seen(first), seen(second, other)])

    assert {replace(first, count=5), other} == set(found.decisions)


def test_a_role_has_the_policies_of_all_runs():
    """One that stays the same is there once."""
    before, after = policy(SEND), policy(SEND, statement("Purge", "sqs:PurgeQueue"))
    runs = [seen(roles=[Role(SENDER, policies)]) for policies in [(before,), (before, after)]]

    (found,) = merged(runs).roles
    assert {before, after} == set(found.policies)
    assert 2 == len(found.policies)


def test_roles_that_nobody_called_as_are_left_out():
    """A run under load has none of the roles that apply or watch."""
    both = seen(allowed("sqs:SendMessage"), roles=[role(SEND), role(SEND, arn=f"{SENDER}-2")])

    assert [SENDER] == [one.arn for one in of_callers(both).roles]


def test_what_was_refused_since_is_told_by_how_much_more_there_is():
    """The emulated AWS counts from its beginning, and sentences differ by the session that they name."""
    more, never = refused("sqs:SendMessage", count=3), refused("sqs:PurgeQueue", count=2)
    before = [replace(more, count=1, message="another session's"), never, allowed("sqs:GetQueueUrl")]
    after = [more, never, allowed("sqs:GetQueueUrl", count=9)]

    (found,) = refused_since(after, before)

    assert ("sqs:SendMessage", 2) == (found.action, found.count)
