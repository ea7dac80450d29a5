import pytest

from tests.unit.verify.rights.worlds import OTHER_QUEUE, QUEUE, SENDER, TABLE, allowed, role, statement
from verify.errors import LoadError
from verify.rights.grants import concerns, statements
from verify.rights.observed import Policy, Role


def only(*elements):
    """The only statement of a role's that grants anything."""
    (found,) = statements(role(*elements))
    return found


def test_a_statement_has_its_place_actions_and_resources():
    """One action or resource may stand without a list."""
    found = only(statement("Send", "sqs:SendMessage"), statement("Keep", "sqs:*", effect="Deny"))

    assert ("run/Send", ("sqs:SendMessage",), (QUEUE,)) == (
        found.name,
        found.action_patterns,
        found.resource_patterns,
    )


def test_a_policy_may_be_a_single_statement():
    """Without a list, as AWS takes it."""
    document = '{"Statement": {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}}'

    (found,) = statements(Role(SENDER, (Policy("run", "", document),)))
    assert ("run", "") == (found.name, found.sid)


def test_each_action_has_the_pattern_that_stands_for_it():
    """What is written out is told as such, whatever stands before and behind it."""
    found = only(statement("Read", ["sqs:get*", "sqs:GetQueueUrl", "sqs:*Url"]))

    assert {"sqs:GetQueueAttributes": "sqs:get*", "sqs:GetQueueUrl": "sqs:GetQueueUrl"} == found.actions


def test_all_but_some_actions_are_granted_under_that_name():
    """NotAction is no way around."""
    element = {"Effect": "Allow", "NotAction": ["iam:*", "sts:*"], "Resource": "*"}
    found = only(element)

    assert "all but iam:*, sts:*" == found.actions["sqs:SendMessage"]
    assert "iam:PassRole" not in found.actions


def test_a_statement_about_all_but_some_resources_names_none():
    """Nothing is said about which it is used on."""
    element = {"Effect": "Allow", "Action": "sqs:SendMessage", "NotResource": QUEUE}
    found = only(element)

    assert () == found.resource_patterns


@pytest.mark.parametrize(
    ("decision", "is_so"),
    [
        (allowed("sqs:SendMessage", "Send"), True),
        (allowed("sqs:SendMessage", "Other"), False),
        (allowed("sqs:SendMessage", "Send", name="other"), False),
        (allowed("sqs:PurgeQueue", "Send"), False),
    ],
)
def test_a_decision_is_by_a_statement_of_its_policy_id_and_action(decision, is_so):
    """All three are recorded."""
    assert is_so == only(statement("Send", "sqs:SendMessage")).has_decided(decision)


@pytest.mark.parametrize(
    ("pattern", "resource", "is_so"),
    [
        (QUEUE, QUEUE, True),
        (QUEUE, OTHER_QUEUE, False),
        ("*", "*", True),
        (QUEUE, "*", False),
        (TABLE, TABLE.replace("ledger", "*"), True),
        (QUEUE, TABLE.replace("ledger", "*"), False),
    ],
)
def test_a_recorded_type_is_each_of_its_resources(pattern, resource, is_so):
    """An asterisk alone is a call about none."""
    assert is_so == concerns(pattern, resource)


def test_variables_of_a_resource_may_have_any_value():
    """What was recorded has them filled in."""
    found = only(statement("Send", "sqs:SendMessage", f"{QUEUE}-${{aws:username}}"))

    assert (f"{QUEUE}-*",) == found.resource_patterns


@pytest.mark.parametrize("document", ["{}", "no JSON", '{"Statement": [{"Effect": "Allow"}]}', '["a"]'])
def test_what_is_no_policy_is_named(document):
    """Nobody takes its rights for unused."""
    with pytest.raises(LoadError, match=f"broken of {SENDER} is no policy"):
        statements(Role(SENDER, (Policy("broken", "", document),)))
