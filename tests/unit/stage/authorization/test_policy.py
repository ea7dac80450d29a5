import json

import pytest

from stage.authorization.errors import PolicyError, UnknownConditionKeyError, UnknownElementError
from stage.authorization.policy import Effect, Kind, parse

STATEMENT = {"Sid": "Send", "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}
RESOURCE = {**STATEMENT, "Principal": "*"}


def policy(*statements, **others):
    """A policy of statements."""
    return {"Version": "2012-10-17", "Statement": list(statements), **others}


def test_a_policy_has_its_statements():
    """Each with its elements, whether it is text or read already."""
    for document in (policy(STATEMENT), json.dumps(policy(STATEMENT)), {"Statement": STATEMENT}):
        (found,) = parse(document, Kind.IDENTITY, "send").statements
        assert ("Send", Effect.ALLOW, None, ()) == (
            found.sid,
            found.effect,
            found.principals,
            found.condition,
        )
        assert ("sqs:SendMessage",) == found.actions.patterns
        assert ("*",) == found.resources.patterns


def test_the_same_text_is_the_same_policy():
    """It is read once, for each kind."""
    text = json.dumps(policy(RESOURCE))

    assert parse(text, Kind.RESOURCE) is parse(text, Kind.RESOURCE)
    assert parse(text, Kind.RESOURCE) is not parse(text, Kind.ENDPOINT)


def test_a_policy_knows_its_statements_about_an_action():
    """By their effect."""
    denial = {**STATEMENT, "Sid": "Deny", "Effect": "Deny", "Action": "*"}
    found = parse(policy(STATEMENT, denial), Kind.IDENTITY)

    assert ["Send"] == [one.sid for one in found.about(Effect.ALLOW, "sqs:SendMessage")]
    assert ["Deny"] == [one.sid for one in found.about(Effect.DENY, "sqs:SendMessage")]
    assert () == found.about(Effect.ALLOW, "sqs:PurgeQueue")


@pytest.mark.parametrize(
    ("document", "kind", "error", "sentence"),
    [
        ("{", Kind.IDENTITY, PolicyError, "a policy is JSON"),
        ("[]", Kind.IDENTITY, PolicyError, "an object"),
        ({"Version": "2012-10-17"}, Kind.IDENTITY, PolicyError, "one statement or more"),
        (policy(), Kind.IDENTITY, PolicyError, "one statement or more"),
        (policy("Allow"), Kind.IDENTITY, PolicyError, "one statement or more"),
        (policy(STATEMENT, Versions="1"), Kind.IDENTITY, UnknownElementError, "no element Versions"),
        (policy(STATEMENT, Version="2012"), Kind.IDENTITY, UnknownElementError, "version 2012"),
        (
            policy({**STATEMENT, "Effect": "Permit"}),
            Kind.IDENTITY,
            UnknownElementError,
            "statement Send: .* Permit",
        ),
        (policy({**STATEMENT, "Principal": "*"}), Kind.BOUNDARY, UnknownElementError, "no element Principal"),
        (policy({**STATEMENT, "Principal": "*"}), Kind.SESSION, UnknownElementError, "no element Principal"),
        (policy(RESOURCE), Kind.TRUST, UnknownElementError, "no element Resource"),
        (policy(STATEMENT), Kind.RESOURCE, PolicyError, "either Principal or NotPrincipal"),
        (
            policy({**RESOURCE, "NotPrincipal": "*"}),
            Kind.RESOURCE,
            PolicyError,
            "either Principal or NotPrincipal",
        ),
        (
            policy({"Effect": "Allow", "Action": "*"}),
            Kind.IDENTITY,
            PolicyError,
            "either Resource or NotResource",
        ),
        (
            policy({"Effect": "Allow", "Action": "*", "Principal": "*"}),
            Kind.ENDPOINT,
            PolicyError,
            "either Resource or NotResource",
        ),
        (
            policy({"Effect": "Allow", "Resource": "*"}),
            Kind.IDENTITY,
            PolicyError,
            "either Action or NotAction",
        ),
        (policy(STATEMENT, STATEMENT), Kind.IDENTITY, PolicyError, "two statements have the id Send"),
        (policy({**STATEMENT, "Sid": "Send it"}), Kind.IDENTITY, PolicyError, "letters and digits"),
        ('{"Statement": [], "Statement": []}', Kind.IDENTITY, PolicyError, "twice: Statement"),
        (
            policy({**STATEMENT, "Condition": {"Bool": {"aws:SecureTransports": "true"}}}),
            Kind.IDENTITY,
            UnknownConditionKeyError,
            "statement Send: AWS knows no condition key aws:SecureTransports for sqs:SendMessage",
        ),
    ],
)
def test_a_policy_that_aws_refuses_is_refused_by_name(document, kind, error, sentence):
    """The sentence says what is wrong with it."""
    with pytest.raises(PolicyError, match=sentence) as caught:
        parse(document, kind)
    assert error is type(caught.value)


def test_other_services_take_any_text_as_an_id():
    """IAM alone has rules for it."""
    named = {**RESOURCE, "Sid": "Send it"}

    assert 2 == len(parse(policy(named, named), Kind.RESOURCE).statements)


def test_two_statements_may_have_no_id():
    """No id is not the same id."""
    bare = {"Effect": "Allow", "Action": "*", "Resource": "*"}

    assert ["", ""] == [one.sid for one in parse(policy(bare, bare), Kind.IDENTITY).statements]


def test_a_policy_on_a_resource_need_not_name_it():
    """A repository's has no Resource; a role's must not have one."""
    bare = {"Effect": "Allow", "Action": "ecr:*", "Principal": "*"}

    assert parse(policy(bare), Kind.RESOURCE).statements[0].resources is None
    assert parse(policy(bare), Kind.TRUST).statements[0].resources is None
