import pytest

from stage.authorization.evaluate import Policies, evaluate, evaluate_all
from stage.authorization.grants import Grant
from stage.authorization.policy import Kind, parse
from stage.authorization.principals import Principal
from stage.authorization.request import Request

ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/worker"
SESSION = Principal.of(f"arn:aws:sts::{ACCOUNT}:assumed-role/worker/run", ROLE)
STRANGER = Principal.of("arn:aws:iam::444455556666:user/stranger")
ROOT_OF_ANOTHER = Principal.of("arn:aws:iam::444455556666:root")
QUEUE = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:queue"
KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/one"
SEND = Request(SESSION, "sqs:SendMessage", QUEUE)
PURGE = Request(SESSION, "sqs:PurgeQueue", QUEUE)


def policy(kind, *statements, name=""):
    """A policy whose statements allow everything on everything where they say nothing else."""
    whole = [{"Effect": "Allow", "Action": "*", "Resource": "*", **one} for one in statements]
    return parse({"Version": "2012-10-17", "Statement": whole}, kind, name)


SENDS = Policies((policy(Kind.IDENTITY, {"Sid": "Send", "Action": "sqs:SendMessage"}, name="task"),))


def test_a_decision_names_the_statement_that_made_it():
    """And its policy, and that policy's kind."""
    found = evaluate(SEND, SENDS)

    assert (True, Kind.IDENTITY, "task", "Send") == (found.allowed, found.kind, found.policy, found.sid)


def test_the_statement_that_names_the_caller_best_decides():
    """One for the account stands before it, and would leave it to the account."""
    resource = policy(
        Kind.RESOURCE,
        {"Sid": "Account", "Principal": {"AWS": ACCOUNT}},
        {"Sid": "Role", "Principal": {"AWS": ROLE}},
        {"Sid": "Session", "Principal": {"AWS": SESSION.name}},
    )

    assert "Session" == evaluate(SEND, Policies(resource=resource)).sid


def test_a_condition_that_does_not_hold_leaves_the_next_statement():
    """It names the caller best, and does not count."""
    resource = policy(
        Kind.RESOURCE,
        {"Principal": {"AWS": ROLE}, "Sid": "Role"},
        {"Principal": "*", "Sid": "All", "Condition": {"Bool": {"aws:SecureTransport": "true"}}},
    )

    assert "Role" == evaluate(SEND, Policies(resource=resource)).sid


def test_a_key_that_is_yet_to_be_made_has_no_policy_to_ask():
    """Whoever makes it with tags needs the right to tag by its own policies alone."""
    new = Request(SESSION, "kms:TagResource", KEY.replace("one", "*"))
    policies = Policies((policy(Kind.IDENTITY, {"Action": "kms:TagResource"}),))

    assert evaluate(new, policies).allowed
    assert not evaluate(Request(SESSION, "kms:TagResource", KEY), policies).allowed


def test_another_accounts_root_user_needs_the_resources_policy_alone():
    """It has all rights on its own side."""
    request = Request(ROOT_OF_ANOTHER, "sqs:SendMessage", QUEUE)
    resource = policy(Kind.RESOURCE, {"Principal": {"AWS": "444455556666"}})

    assert evaluate(request, Policies(resource=resource)).allowed
    assert Kind.RESOURCE is evaluate(request, Policies()).kind


def test_a_grant_is_the_keys_side_across_accounts():
    """The other account's policies have to allow it too."""
    request = Request(STRANGER, "kms:Decrypt", KEY)
    grants = (Grant(STRANGER.name, frozenset({"Decrypt"}), id="one"),)

    assert Kind.IDENTITY is evaluate(request, Policies(grants=grants)).kind
    assert evaluate(request, Policies((policy(Kind.IDENTITY, {}),), grants=grants)).allowed
    assert Kind.RESOURCE is evaluate(request, Policies((policy(Kind.IDENTITY, {}),))).kind


def test_a_grant_to_a_service_is_enough():
    """A service has no policies."""
    request = Request(Principal.service("rds.amazonaws.com"), "kms:Decrypt", KEY)
    found = evaluate(
        request, Policies(grants=(Grant("rds.amazonaws.com", frozenset({"Decrypt"}), id="one"),))
    )

    assert (True, "with the grant one") == (found.allowed, found.reason)


def test_a_name_for_a_key_needs_no_key_policy():
    """An alias has none of its own."""
    request = Request(SESSION, "kms:CreateAlias", f"arn:aws:kms:eu-west-1:{ACCOUNT}:alias/one")

    assert evaluate(request, Policies((policy(Kind.IDENTITY, {}),))).allowed


def test_a_call_is_allowed_if_each_of_its_requests_is():
    """The decision on the last says by what."""
    both = [(SEND, SENDS), (PURGE, Policies((policy(Kind.IDENTITY, {"Sid": "All"}),)))]

    assert (True, "All") == (evaluate_all(both).allowed, evaluate_all(both).sid)


def test_the_first_refusal_of_a_call_is_its_decision():
    """Whatever comes after it."""
    found = evaluate_all([(SEND, SENDS), (PURGE, SENDS), (SEND, SENDS)])

    assert (False, PURGE) == (found.allowed, found.request)


def test_a_call_without_a_request_is_none():
    """Nothing to decide on is not allowed."""
    with pytest.raises(ValueError, match="at least one request"):
        evaluate_all([])


def test_a_policy_of_the_role_counts_for_what_is_about_it_alone():
    """To look at a role takes no trust of it."""
    request = Request(SESSION, "iam:GetRole", ROLE)

    assert evaluate(request, Policies((policy(Kind.IDENTITY, {}),))).allowed
