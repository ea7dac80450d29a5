import pytest

from tests.unit.verify.rights.worlds import allowed
from verify.rights.judge import Right
from verify.rights.words import named, otherwise, shown, what


@pytest.mark.parametrize(
    ("count", "told"), [(1, "a0"), (5, "a0, a1, a2, a3, a4"), (7, "a0, a1, a2, a3, a4 and 2 more")]
)
def test_few_actions_are_named(count, told):
    """A wildcard stands for hundreds."""
    assert told == named([f"a{number}" for number in range(count)])


@pytest.mark.parametrize(
    ("count", "told"), [(0, ""), (1, "r0"), (3, "r0, r1, r2"), (5, "r0, r1, r2 and 2 more")]
)
def test_few_resources_are_shown(count, told):
    """A bucket has any number of objects."""
    assert told == shown([f"r{number}" for number in range(count)])


def test_of_an_arn_its_own_part_is_shown():
    """All before it would make a long row."""
    queue, group = (
        "arn:aws:sqs:eu-west-1:111122223333:mail",
        "arn:aws:logs:eu-west-1:111122223333:log-group:/ecs/a:*",
    )

    assert "*, log-group:/ecs/a:*, mail" == shown(["*", group, queue])


def test_rights_are_told_by_statement():
    """Those that a wildcard stands for are one line, and so is a resource."""
    rights = [
        Right("role", "run/Read", "sqs:GetQueueUrl", written="sqs:Get*"),
        Right("role", "run/Read", "sqs:GetQueueAttributes", written="sqs:Get*"),
        Right("role", "run/Send", "sqs:SendMessage", written="sqs:SendMessage"),
        Right("role", "run/Send", "sqs:SendMessageBatch", written="sqs:SendMessageBatch"),
        Right("role", "run/Send", resource="arn:aws:sqs:::queue"),
    ]

    assert [
        ("run/Read", "sqs:Get*: sqs:GetQueueUrl, sqs:GetQueueAttributes"),
        ("run/Send", "sqs:SendMessage, sqs:SendMessageBatch"),
        ("run/Send", "arn:aws:sqs:::queue"),
    ] == list(what(rights))


@pytest.mark.parametrize(
    ("kind", "policy", "by"),
    [
        ("resource-based policy", "queue", "by resource-based policy queue"),
        ("resource-based policy", "", "by resource-based policy"),
        ("", "", "without any policy"),
    ],
)
def test_it_is_told_by_what_else_a_call_was_allowed(kind, policy, by):
    """A policy of a resource, or a grant."""
    decision = allowed("sqs:SendMessage", resource="*", kind=kind, name=policy, count=2)

    assert f"sqs:SendMessage on * {by} (2 times)" == otherwise(decision)
