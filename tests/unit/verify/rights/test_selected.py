from tests.unit.verify.rights.worlds import ACCOUNT, allowed, role, seen, statement
from verify.rights.judge import judge
from verify.rights.reasons import Reasons, name_of
from verify.rights.selected import as_one, of_roles

SEND, RECEIVE = "sqs:SendMessage", "sqs:ReceiveMessage"


def arn(name):
    """ARN of a role of that name."""
    return f"arn:aws:iam::{ACCOUNT}:role/{name}"


def test_other_roles_are_left_out():
    """Neither their rights nor what was decided on their calls is looked at."""
    roles = [role(statement("Work", SEND), arn=arn(name)) for name in ("shop-deploy", "shop-plan")]
    decided = [allowed(SEND, "Work", principal=arn(name)) for name in ("shop-deploy", "shop-plan")]

    found = of_roles(seen(*decided, roles=roles), ["*-plan", "*-load"])

    assert ["shop-plan"] == [name_of(one.arn) for one in found.roles]
    assert ["shop-plan"] == [name_of(one.principal) for one in found.decisions]


def test_what_is_used_in_one_environment_is_used():
    """Roles that differ in its name alone are one, whose calls are counted together."""
    roles = [
        role(
            statement("Work", [SEND, RECEIVE], f"arn:aws:sqs:*:*:shop-{name}-mail"),
            arn=arn(f"shop-{name}-deploy"),
        )
        for name in ("staging", "production")
    ]
    decided = [
        allowed(
            action,
            "Work",
            f"arn:aws:sqs:eu-central-1:1:shop-{name}-mail",
            principal=arn(f"shop-{name}-deploy"),
        )
        for name, action in (("staging", SEND), ("production", RECEIVE), ("production", SEND))
    ]

    rights = judge(as_one(seen(*decided, roles=roles), ["staging", "production"]), Reasons())

    (both,) = rights.roles
    assert "shop-ENVIRONMENT-deploy" == name_of(both.arn)
    assert () == both.unused
    assert {SEND: 2, RECEIVE: 1} == {used.right.action: used.count for used in both.used}


def test_a_name_within_a_word_stays():
    """An environment may be called as something that is part of a longer name."""
    found = as_one(seen(roles=[role(arn=arn("shop-preproduction-x"))]), ["production"])

    assert ["shop-preproduction-x"] == [name_of(one.arn) for one in found.roles]
