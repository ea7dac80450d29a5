import pytest

from tests.unit.verify.rights.worlds import (
    OTHER_QUEUE,
    QUEUE,
    ROOT,
    SENDER,
    TABLE,
    allowed,
    policy,
    refused,
    role,
    seen,
    statement,
)
from verify.rights.judge import Right, judge
from verify.rights.observed import Role, merged
from verify.rights.reasons import Reason, Reasons

RECEIVE, DELETE, PURGE = "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:PurgeQueue"
OTHER_ROLE = "arn:aws:iam::111122223333:role/staging-operators"


def judged(*decisions, roles, **reasons):
    """Rights of all roles."""
    return judge(seen(*decisions, roles=roles), Reasons(**{name: (one,) for name, one in reasons.items()}))


def of_one(*decisions, roles, **reasons):
    """Rights of the only role."""
    (found,) = judged(*decisions, roles=roles, **reasons).roles
    return found


def actions(rights):
    """Actions of rights, by statement."""
    return [(one.statement, one.action) for one in rights if one.action]


def used(found):
    """How often each action was used, and on what."""
    return {(one.right.statement, one.right.action): (one.count, one.resources) for one in found.used}


def test_what_is_used_is_told_by_statement_with_count_and_resources():
    """A statement is where somebody would take it out."""
    found = of_one(
        allowed(RECEIVE, "Receive", count=3),
        allowed(RECEIVE, "Receive", OTHER_QUEUE),
        allowed(DELETE, "Delete"),
        roles=[
            role(
                statement("Receive", [RECEIVE], [QUEUE, OTHER_QUEUE]),
                statement("Delete", DELETE),
            )
        ],
    )

    assert {
        ("run/Receive", RECEIVE): (4, (OTHER_QUEUE, QUEUE)),
        ("run/Delete", DELETE): (1, (QUEUE,)),
    } == used(found)
    assert () == found.unused


def test_what_nothing_used_is_told():
    """It is granted too much, or was not rehearsed."""
    found = of_one(allowed(RECEIVE, "Receive"), roles=[role(statement("Receive", [RECEIVE, DELETE]))])

    assert [("run/Receive", DELETE)] == actions(found.unused)


def test_a_right_that_another_statement_gives_too_is_unused():
    """AWS needs the first alone."""
    found = of_one(
        allowed(RECEIVE, "First"),
        roles=[role(statement("First", RECEIVE), statement("Second", RECEIVE))],
    )

    assert [("run/Second", RECEIVE)] == actions(found.unused)


def test_statements_of_the_same_id_in_two_policies_are_told_apart():
    """An id is a policy's own."""
    statements = statement("Read", RECEIVE)
    found = of_one(
        allowed(RECEIVE, "Read", name="second"),
        roles=[Role(SENDER, (policy(statements, name="first"), policy(statements, name="second")))],
    )

    assert [("first/Read", RECEIVE)] == actions(found.unused)


def test_a_policy_that_is_attached_may_be_recorded_by_its_arn():
    """Names of inline policies and ARNs of others never meet."""
    arn = "arn:aws:iam::111122223333:policy/read"
    found = of_one(
        allowed(RECEIVE, "Read", name=arn),
        roles=[Role(SENDER, (policy(statement("Read", RECEIVE), name="read", arn=arn),))],
    )

    assert ((), (("read/Read", RECEIVE),)) == (found.unused, tuple(used(found)))


def test_statements_without_ids_are_one():
    """Nobody records which of them decided; what nothing was done on is told all the same."""
    found = of_one(
        allowed("dynamodb:GetItem", resource=TABLE),
        roles=[
            role(
                statement("", ["dynamodb:GetItem", RECEIVE], QUEUE),
                statement("", ["dynamodb:GetItem"], TABLE),
            )
        ],
    )

    assert {("run", "dynamodb:GetItem"): (1, (TABLE,))} == used(found)
    assert [RECEIVE, QUEUE] == [one.action or one.resource for one in found.unused]


def test_a_call_counts_once_for_statements_without_ids_that_are_alike():
    """Nobody can tell by which of them."""
    found = of_one(allowed(RECEIVE, count=5), roles=[role(statement("", RECEIVE), statement("", RECEIVE))])

    assert {("run", RECEIVE): (5, (QUEUE,))} == used(found)


def test_a_denial_is_no_right():
    """It is there so that nothing uses it."""
    found = of_one(roles=[role(statement("Keep", PURGE, effect="Deny"))])

    assert ((), ()) == (found.used, found.unused)


def test_a_wildcard_is_each_action_that_it_stands_for():
    """Else "sqs:*" in the place of one action would be no finding."""
    found = of_one(allowed(RECEIVE, "All"), roles=[role(statement("All", "sqs:*"))])

    assert ("run/All", PURGE) in actions(found.unused)
    assert ("run/All", RECEIVE) not in actions(found.unused)
    assert {"sqs:*"} == {one.written for one in found.unused}


def test_actions_are_compared_without_their_case():
    """As IAM does."""
    found = of_one(allowed(RECEIVE, "Receive"), roles=[role(statement("Receive", "SQS:receivemessage"))])

    assert ((), {("run/Receive", RECEIVE): (1, (QUEUE,))}) == (found.unused, used(found))


def test_a_resource_that_nothing_was_done_on_is_told():
    """A statement that is used may be about more than it has to."""
    found = of_one(
        allowed(RECEIVE, "Receive"), roles=[role(statement("Receive", RECEIVE, [QUEUE, OTHER_QUEUE]))]
    )

    assert (Right(SENDER, "run/Receive", resource=OTHER_QUEUE),) == found.unused


def test_resources_of_a_statement_that_nothing_used_are_not_told_beside_its_actions():
    """One finding is enough to take it out."""
    found = of_one(roles=[role(statement("Receive", RECEIVE, [QUEUE, OTHER_QUEUE]))])

    assert [("run/Receive", RECEIVE)] == [(one.statement, one.action) for one in found.unused]


def test_what_nobody_told_apart_any_more_was_done_on_any_of_its_type():
    """A record has the type in the place of what there is too much of."""
    pattern = "arn:aws:dynamodb:eu-west-1:111122223333:table/staging-*"
    found = of_one(
        allowed("dynamodb:GetItem", "Read", TABLE.replace("ledger", "*")),
        roles=[role(statement("Read", "dynamodb:GetItem", pattern))],
    )

    assert () == found.unused


def test_a_call_about_no_resource_is_about_no_resource_of_a_statement():
    """Only an asterisk is about it."""
    found = of_one(
        allowed("sqs:ListQueues", "List", "*"),
        roles=[role(statement("List", ["sqs:ListQueues"], ["*", QUEUE]))],
    )

    assert (Right(SENDER, "run/List", resource=QUEUE),) == found.unused


def test_what_another_policy_allowed_is_no_use_of_the_roles_own():
    """A resource's policy that allows a role makes the role's own right superfluous."""
    decision = allowed(RECEIVE, "Receive", kind="resource-based policy")
    found = of_one(decision, roles=[role(statement("Receive", RECEIVE))])

    assert ((decision,), [("run/Receive", RECEIVE)]) == (found.otherwise, actions(found.unused))


def test_what_a_policy_allowed_that_is_gone_is_told_beside_its_rights():
    """Roles are read at the end of a run, in which they may have changed."""
    decision = allowed(PURGE, "Gone")
    found = of_one(decision, allowed(RECEIVE, "Receive"), roles=[role(statement("Receive", RECEIVE))])

    assert ((decision,), ()) == (found.otherwise, found.unused)


def test_what_was_refused_is_told():
    """With AWS's sentence; it is no use of a right."""
    decision = refused(PURGE, count=2)
    found = of_one(decision, roles=[role(statement("All", PURGE))])

    assert [decision] == [one.decision for one in found.refused]
    assert ((), [("run/All", PURGE)]) == (found.used, actions(found.unused))


def test_what_others_were_refused_is_told_too():
    """A service that may not do its work is none of the roles."""
    decision = refused(PURGE, principal="sns.amazonaws.com")

    assert [decision] == [one.decision for one in judged(decision, roles=[role()]).others_refused]


def test_roles_have_nothing_to_do_with_each_other():
    """What one uses another one may still have too much."""
    found = judged(
        allowed(RECEIVE, "Receive"),
        roles=[role(statement("Receive", RECEIVE), arn=arn) for arn in (SENDER, OTHER_ROLE)],
    )

    assert [[], [("run/Receive", RECEIVE)]] == [actions(one.unused) for one in found.roles]


def test_what_one_of_several_runs_used_is_used():
    """An apply uses what a drift check does not."""
    granted = [role(statement("Receive", [RECEIVE, DELETE]))]
    runs = [
        seen(allowed(RECEIVE, "Receive", count=2), roles=granted),
        seen(allowed(RECEIVE, "Receive"), allowed(DELETE, "Receive"), roles=granted),
    ]

    (found,) = judge(merged(runs), Reasons()).roles
    assert {("run/Receive", RECEIVE): (3, (QUEUE,)), ("run/Receive", DELETE): (1, (QUEUE,))} == used(found)
    assert () == found.unused


def test_a_right_that_a_role_has_in_one_run_alone_counts():
    """A change of variables changes policies."""
    runs = [
        seen(allowed(RECEIVE, "Receive"), roles=[role(statement("Receive", RECEIVE))]),
        seen(roles=[role(statement("Receive", [RECEIVE, DELETE]))]),
    ]

    (found,) = judge(merged(runs), Reasons()).roles
    assert [("run/Receive", DELETE)] == actions(found.unused)


def reason(action="", resource="", of="*-email-sender-*"):
    """An entry of the file."""
    return Reason("reasons.yaml:3", of, "An incident's.", action, resource)


def test_a_right_with_a_reason_is_excused():
    """And told all the same."""
    entry = reason("sqs:delete*")
    found = judged(
        allowed(RECEIVE, "Receive"), roles=[role(statement("Receive", [RECEIVE, DELETE]))], unused=entry
    )

    (of_sender,) = found.roles
    assert ((), [(DELETE, entry)]) == (
        of_sender.unused,
        [(one.right.action, one.reason) for one in of_sender.excused],
    )
    assert ((), ()) == (found.idle, found.stale)


@pytest.mark.parametrize("entry", [reason(DELETE, of="*-operators"), reason(PURGE), reason(resource=QUEUE)])
def test_a_reason_excuses_nothing_else(entry):
    """Neither another role's right, nor another action, nor an action by its resource."""
    found = of_one(roles=[role(statement("Delete", DELETE))], unused=entry)

    assert [("run/Delete", DELETE)] == actions(found.unused)


def test_a_resource_has_a_reason_as_the_statement_names_it():
    """Its actions are used, and it is there for another day."""
    found = judged(
        allowed(RECEIVE, "Receive"),
        roles=[role(statement("Receive", RECEIVE, [QUEUE, OTHER_QUEUE]))],
        unused=reason(resource=OTHER_QUEUE),
    )

    assert ((), 1, ()) == (found.roles[0].unused, len(found.roles[0].excused), found.idle)


def test_a_reason_for_what_nobody_grants_is_told():
    """The right is gone, and its reason may go."""
    entry = reason(PURGE)

    assert (entry,) == judged(roles=[role(statement("Delete", DELETE))], unused=entry).idle


def test_a_reason_for_what_is_used_is_told():
    """It has no need of one."""
    entry = reason(DELETE)
    found = judged(allowed(DELETE, "Delete"), roles=[role(statement("Delete", DELETE))], unused=entry)

    assert ((), (entry,)) == (found.idle, found.stale)


def test_a_reason_stands_while_one_of_its_rights_is_unused():
    """It may be for several."""
    found = judged(
        allowed(DELETE, "Work"),
        roles=[role(statement("Work", [DELETE, PURGE]))],
        unused=reason("sqs:*"),
    )

    assert () == found.stale


def test_a_refusal_that_is_meant_has_its_reason():
    """A test shows what a task may not do."""
    entry = reason(PURGE)
    found = judged(refused(PURGE), refused(DELETE), roles=[role()], refused=entry)

    assert {PURGE: entry, DELETE: None} == {one.decision.action: one.reason for one in found.refused}
    assert () == found.unmet


@pytest.mark.parametrize("decisions", [(), (allowed(PURGE, "Purge"),), (refused(PURGE, principal=ROOT),)])
def test_a_reason_for_a_refusal_that_there_is_none_of_is_told(decisions):
    """The test is gone, or the task may by now."""
    entry = reason(PURGE)

    assert (entry,) == judged(*decisions, roles=[role(statement("Purge", PURGE))], refused=entry).unmet
