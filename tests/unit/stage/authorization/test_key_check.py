import pytest

from stage.authorization.errors import PolicyError, UnknownConditionKeyError
from stage.authorization.policy import Kind, parse

KEY = "s3:x-amz-server-side-encryption"


def check(*actions, of="Action", resource="*", **condition):
    """Read a policy of one statement."""
    statement = {"Effect": "Deny", of: list(actions), "Resource": resource, "Condition": condition}
    return parse({"Version": "2012-10-17", "Statement": [statement]}, Kind.IDENTITY)


@pytest.mark.parametrize(
    ("actions", "of"),
    [
        (["s3:PutObject"], "Action"),
        (["s3:GetObject", "s3:PutObject"], "Action"),
        (["S3:putobj*"], "Action"),
        (["s3:*"], "Action"),
        (["*"], "Action"),
        (["*:*"], "Action"),
        (["iam:*"], "NotAction"),
    ],
)
def test_a_key_is_known_to_one_of_the_actions(actions, of):
    """Or to any service, where the actions are of any."""
    assert check(*actions, of=of, StringEquals={KEY: "AES256"})


@pytest.mark.parametrize(
    ("actions", "of", "key"),
    [
        (["s3:GetObject"], "Action", KEY),
        (["sqs:*"], "Action", KEY),
        (["*"], "Action", "s3:x-amz-encryption"),
        (["iam:*"], "NotAction", "s3:x-amz-encryption"),
        (["sqs:SendMessage"], "Action", "aws:RequestTag/team"),
    ],
)
def test_a_key_that_none_of_the_actions_knows_is_refused_by_name(actions, of, key):
    """A Null of it is refused too."""
    for name, value in (("StringEquals", "AES256"), ("Null", "true")):
        with pytest.raises(UnknownConditionKeyError, match=f"no condition key {key} for "):
            check(*actions, of=of, **{name: {key: value}})


@pytest.mark.parametrize(
    ("resource", "condition"),
    [
        ("arn:aws:s3:::box/${aws:UserNames}", {}),
        ("*", {"StringEquals": {"aws:SourceVpc": "${aws:UserNames}"}}),
    ],
)
def test_a_variable_is_a_known_key_too(resource, condition):
    """In a resource and in a condition."""
    with pytest.raises(UnknownConditionKeyError, match="aws:usernames"):
        check("s3:GetObject", resource=resource, **condition)


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        ({"StringEquals": {"aws:TagKeys": "a"}}, "ForAllValues:StringEquals or ForAnyValue:StringEquals"),
        ({"StringEquals": {"aws:SourceVpc": "${aws:CalledVia}"}}, "aws:calledvia may have several values"),
    ],
)
def test_a_key_with_several_values_is_used_as_such(condition, sentence):
    """With an operator for sets, and as no variable."""
    with pytest.raises(PolicyError, match=sentence):
        check("sqs:TagQueue", **condition)


def test_whether_there_is_a_key_with_several_values_may_be_asked():
    """Null is about the key alone."""
    assert check("sqs:TagQueue", Null={"aws:TagKeys": "true"})
