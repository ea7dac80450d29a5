import pytest

from stage.authorization.errors import RequestError
from stage.authorization.principals import ANONYMOUS, Principal
from stage.authorization.request import Request

CARLOS = Principal.of("arn:aws:iam::111122223333:user/carlos")
QUEUE = "arn:aws:sqs:eu-west-1:444455556666:queue"
VPC = "arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-1"


@pytest.mark.parametrize(
    ("resource", "owner", "expected"),
    [
        (QUEUE, "", "444455556666"),
        (QUEUE, "777788889999", "777788889999"),
        ("*", "", "111122223333"),
        ("*", "777788889999", "777788889999"),
    ],
)
def test_a_resource_has_an_owner(resource, owner, expected):
    """What is about none is the caller's own."""
    request = Request(CARLOS, "sqs:SendMessage", resource, owner)

    assert expected == request.account
    assert (expected,) == request.known["aws:resourceaccount"]


def test_what_aws_has_for_all_is_the_callers_own():
    """A managed policy of AWS is read as if it were in the account."""
    assert (
        "111122223333" == Request(CARLOS, "iam:GetPolicy", "arn:aws:iam::aws:policy/ReadOnlyAccess").account
    )


def test_a_request_has_its_callers_keys_and_its_own():
    """Truths, numbers and lists become texts."""
    context = {
        "aws:SecureTransport": True,
        "aws:MultiFactorAuthAge": 5,
        "aws:CalledVia": ["a", "b"],
        "aws:SourceVpc": "vpc-1",
    }
    known = Request(CARLOS, "sqs:SendMessage", QUEUE, context=context).known

    assert ("true",) == known["aws:securetransport"]
    assert ("5",) == known["aws:multifactorauthage"]
    assert ("a", "b") == known["aws:calledvia"]
    assert ("vpc-1",) == known["aws:sourcevpc"]
    assert ("carlos",) == known["aws:username"]


def test_a_request_cannot_claim_another_caller():
    """Who calls is known by the caller alone."""
    known = Request(CARLOS, "sqs:SendMessage", QUEUE, context={"aws:PrincipalAccount": "777788889999"}).known

    assert ("111122223333",) == known["aws:principalaccount"]


def test_a_key_that_aws_does_not_know_there_is_left_out():
    """A VPC that a subnet is made in gets no tags by that request."""
    tags = {"aws:RequestTag/team": "blue", "aws:ResourceTag/team": "red"}
    known = Request(CARLOS, "ec2:CreateSubnet", VPC, context=tags).known

    assert "aws:requesttag/team" not in known
    assert ("red",) == known["aws:resourcetag/team"]


@pytest.mark.parametrize(
    ("action", "resource", "context", "sentence"),
    [
        ("sqs:Mail", QUEUE, {}, "AWS knows no sqs:Mail"),
        ("sqs:SendMessage", VPC, {}, "sqs:SendMessage is not about arn:aws:ec2"),
        ("s3:GetObject", "arn:aws:s3:::box/a", {}, "nobody says whose arn:aws:s3:::box/a is"),
        ("sqs:SendMessage", QUEUE, {"sqs:Colour": "red"}, "AWS has no condition key sqs:Colour"),
    ],
)
def test_what_cannot_be_a_call_is_refused(action, resource, context, sentence):
    """The sentence says why."""
    with pytest.raises(RequestError, match=sentence):
        Request(CARLOS, action, resource, context=context)


def test_nobody_calls_about_nothing_of_anybodys():
    """An unsigned request has no account, so neither has what it is about."""
    request = Request(ANONYMOUS, "s3:ListAllMyBuckets")

    assert "" == request.account
    assert "aws:resourceaccount" not in request.known
