"""Two policies, and whether the second allows more than the first."""

import json

import pytest

from ops.plan_check.policy import matches, read_policy
from ops.plan_check.widening import widenings

QUEUE = "arn:aws:sqs:eu-central-1:123456789012:mail"


def allow(actions="sqs:SendMessage", resources=QUEUE, effect="Allow", **further):
    """A statement."""
    return {"Effect": effect, "Action": actions, "Resource": resources} | further


def deny(*given, **further):
    """A statement that denies."""
    return allow(*given, effect="Deny", **further)


def under(operator, key, values, **further):
    """A statement with a condition."""
    return allow(Condition={operator: {key: values}}, **further)


def reasons(before, after):
    """Why the second policy is wider than the first; empty if it is not."""
    first, second = (read_policy(json.dumps({"Statement": one})) for one in (before, after))
    return [one.reason for one in widenings(first, second)]


NARROWER = [
    (allow(), allow()),
    (allow(), [allow()]),
    (allow("sqs:SendMessage"), allow(["sqs:SendMessage"])),
    (allow("sqs:sendmessage"), allow("SQS:SendMessage")),
    ([allow("a:b"), allow("c:d")], [allow("c:d"), allow("a:b")]),
    ([allow("a:b"), allow("c:d")], allow(["a:b", "c:d"])),
    (allow(["a:b", "c:d"]), allow("a:b")),
    (allow("sqs:*"), allow("sqs:SendMessage")),
    (allow("sqs:*"), allow("sqs:Send*")),
    (allow("*"), allow("sqs:*")),
    (allow(resources="*"), allow()),
    (allow(resources=f"{QUEUE}*"), allow(resources=f"{QUEUE}-?")),
    (allow(resources=[QUEUE, "x"]), allow(resources=QUEUE)),
    (allow(), []),
    (allow(), [allow(), deny("sqs:*", "*")]),
    (allow(), under("StringEquals", "aws:SourceAccount", "1")),
    ({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, allow("sqs:*")),
    (
        {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"},
        {"Effect": "Allow", "NotAction": ["iam:*", "sts:*"], "Resource": "*"},
    ),
    (
        {"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::a*"},
        allow("s3:GetObject", "arn:aws:s3:::b/*"),
    ),
    (deny(), deny("sqs:*")),
    (deny(), deny(resources="*")),
    (deny(Condition={"Bool": {"aws:SecureTransport": "false"}}), deny()),
    (
        deny(Condition={"Bool": {"aws:SecureTransport": "false"}}),
        deny(Condition={"Bool": {"aws:SecureTransport": False}}),
    ),
    (allow(Principal="*"), allow(Principal={"AWS": "*"})),
    (allow(Principal={"AWS": "123456789012"}), allow(Principal={"AWS": "arn:aws:iam::123456789012:root"})),
    (allow(Principal={"AWS": "123456789012"}), allow(Principal={"AWS": "arn:aws:iam::123456789012:role/a"})),
    (allow(Principal="*"), allow(Principal={"Service": "sns.amazonaws.com"})),
    (
        allow(Principal={"AWS": ["arn:aws:iam::1:role/a", "arn:aws:iam::1:role/b"]}),
        allow(Principal={"AWS": "arn:aws:iam::1:role/b"}),
    ),
    (under("StringEquals", "a:b", ["1", "2"]), under("StringEquals", "A:B", "1")),
    (under("StringLike", "a:b", "repo:x:*"), under("StringEquals", "a:b", "repo:x:main")),
    (under("StringLike", "a:b", "repo:x:*"), under("StringLike", "a:b", "repo:x:m*")),
    (under("ArnLike", "a:b", "arn:*"), under("ArnEquals", "a:b", "arn:x")),
    (under("StringNotEquals", "a:b", "1"), under("StringNotEquals", "a:b", ["1", "2"])),
    (under("StringEqualsIfExists", "a:b", "1"), under("StringEquals", "a:b", "1")),
    (under("IpAddress", "aws:SourceIp", "10.0.0.0/8"), under("IpAddress", "aws:SourceIp", "10.1.0.0/16")),
    (
        under("NotIpAddress", "aws:SourceIp", "10.1.0.0/16"),
        under("NotIpAddress", "aws:SourceIp", "10.0.0.0/8"),
    ),
    (under("NumericLessThan", "a:b", "10"), under("NumericLessThan", "a:b", "5")),
    (under("NumericGreaterThan", "a:b", "5"), under("NumericGreaterThan", "a:b", "10")),
    (
        under("ForAnyValue:StringEquals", "a:b", ["1", "2"]),
        under("ForAnyValue:StringEquals", "a:b", ["2", "1"]),
    ),
    (under("ForAnyValue:StringEquals", "a:b", ["1", "2"]), under("ForAnyValue:StringEquals", "a:b", "1")),
    (
        under("StringEquals", "a:b", "1"),
        allow(Condition={"StringEquals": {"a:b": "1"}, "Bool": {"c:d": "true"}}),
    ),
]

WIDER = [
    ([], allow(), "action"),
    (allow(), allow(["sqs:SendMessage", "sqs:PurgeQueue"]), "action"),
    (allow(["sqs:SendMessage", "sqs:PurgeQueue"]), allow("sqs:*"), "action"),
    (allow("sqs:Send*"), allow("sqs:S*"), "action"),
    (allow(), allow("*", "*"), "action"),
    (allow(), {"Effect": "Allow", "NotAction": "iam:*", "Resource": QUEUE}, "action"),
    (
        {"Effect": "Allow", "NotAction": ["iam:*", "sts:*"], "Resource": "*"},
        {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"},
        "action",
    ),
    ({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, allow("*", "*"), "action"),
    ({"Effect": "Allow", "NotAction": "iam:Pass*", "Resource": "*"}, allow("iam:P*", "*"), "action"),
    (allow(), allow(resources="*"), "resource"),
    (allow(), allow(resources=[QUEUE, f"{QUEUE}-2"]), "resource"),
    (allow(), allow(resources=QUEUE.upper()), "resource"),
    (allow(), {"Effect": "Allow", "Action": "sqs:SendMessage", "NotResource": "x"}, "resource"),
    (under("StringEquals", "a:b", "1"), allow(), "condition"),
    (under("StringEquals", "a:b", "1"), under("StringEquals", "a:b", ["1", "2"]), "condition"),
    (under("StringEquals", "a:b", "1"), under("StringLike", "a:b", "*"), "condition"),
    (under("StringEquals", "a:b", "1"), under("StringEquals", "c:d", "1"), "condition"),
    (under("StringEquals", "a:b", "1"), under("StringEqualsIfExists", "a:b", "1"), "condition"),
    (under("StringNotEquals", "a:b", ["1", "2"]), under("StringNotEquals", "a:b", "1"), "condition"),
    (under("StringEquals", "a:b", "1"), under("StringNotEquals", "a:b", "1"), "condition"),
    (
        under("IpAddress", "aws:SourceIp", "10.1.0.0/16"),
        under("IpAddress", "aws:SourceIp", "0.0.0.0/0"),
        "condition",
    ),
    (under("NumericLessThan", "a:b", "5"), under("NumericLessThan", "a:b", "10"), "condition"),
    (under("DateLessThan", "a:b", "2025-01-01"), under("DateLessThan", "a:b", "2035-01-01"), "condition"),
    (
        under("ForAnyValue:StringEquals", "a:b", "1"),
        under("ForAnyValue:StringEquals", "a:b", ["1", "2"]),
        "condition",
    ),
    (allow(Principal={"AWS": "arn:aws:iam::1:role/a"}), allow(Principal="*"), "principal"),
    (
        allow(Principal={"AWS": "arn:aws:iam::111111111111:role/a"}),
        allow(Principal={"AWS": "111111111111"}),
        "principal",
    ),
    (allow(Principal={"Service": "a"}), allow(Principal={"Service": ["a", "b"]}), "principal"),
    (
        allow(Principal={"AWS": "123456789012"}),
        allow(Principal={"AWS": "arn:aws:iam::210987654321:role/a"}),
        "principal",
    ),
    (deny(), [], "denial"),
    (deny(), allow(), "action"),
    (deny("sqs:*"), deny(), "denial"),
    (deny(), deny(Condition={"Bool": {"aws:SecureTransport": "false"}}), "denial"),
    (deny(Principal="*"), deny(Principal={"AWS": "123456789012"}), "denial"),
]


@pytest.mark.parametrize(("before", "after"), NARROWER)
def test_a_policy_that_allows_no_more_is_not_wider(before, after):
    """However it is written."""
    assert [] == reasons(before, after)


@pytest.mark.parametrize(("before", "after", "reason"), WIDER)
def test_a_policy_that_allows_more_is_wider(before, after, reason):
    """And it is told what of it is."""
    assert reason in reasons(before, after)


@pytest.mark.parametrize("policy", [one for pair in [*NARROWER, *WIDER] for one in pair[:2]])
def test_no_policy_is_wider_than_itself(policy):
    """Whatever it says."""
    assert [] == reasons(policy, policy)


def test_only_what_is_new_is_told():
    """Of a long statement, the action that was added."""
    first, second = (
        read_policy(json.dumps({"Statement": allow(actions)})) for actions in ("a:b", ["a:b", "a:c", "a:d"])
    )

    (found,) = widenings(first, second)

    assert {"a:c", "a:d"} == found.statement.actions.values


def test_statements_beside_a_policy_count_along():
    """What another policy of the same role allowed, or still denies, is nothing new."""
    allowing, denying = (read_policy(json.dumps({"Statement": one})) for one in (allow(), deny("a:b")))

    assert [] == list(widenings([], allowing, beside_before=allowing))
    assert [] == list(widenings(denying, [], beside_after=denying))


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("*", "anything", True),
        ("a?c", "abc", True),
        ("a?c", "ac", False),
        ("a*", "a*c", True),
        ("a?", "a*", False),
        ("a.c", "abc", False),
        ("a*c", "a\nc", True),
    ],
)
def test_a_pattern_stands_for_what_iam_says(pattern, text, expected):
    """A star for any text, a question mark for one character, all else for itself."""
    assert expected == matches(pattern, text)


@pytest.mark.parametrize(
    "text", [None, "", "{}", "[]", '{"Statement": 5}', '"Statement"', '{"Statement": [5]}', 3]
)
def test_what_is_no_policy_is_none(text):
    """Values are of all kinds, JSON of other kinds among them."""
    assert read_policy(text) is None
