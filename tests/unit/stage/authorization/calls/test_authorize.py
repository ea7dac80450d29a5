import pytest

from stage.authorization.calls.authorize import asked
from stage.authorization.calls.call import Call
from stage.authorization.errors import UnknownOperationError, UnplacedCallError
from tests.unit.stage.authorization.calls.world import ACCOUNT, REGION, Things

TAGS = {"Application": "notifications"}
LISTED = [{"Key": "Application", "Value": "notifications"}]
QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:mail"
URL = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/mail"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/one"
TASK = f"arn:aws:iam::{ACCOUNT}:role/task"
EXECUTION = f"arn:aws:iam::{ACCOUNT}:role/execution"
DEFINITION = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/load:3"
ECS = {("iam:role", "AWSServiceRoleForECS"): ["there"]}


def of(service, rest):
    """An ARN of the account."""
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}"


def rights(service, operation, parameters, world=None):
    """Rights that a call takes."""
    return asked(Call(service, operation, parameters, REGION, ACCOUNT), world or Things())


def pairs(*call):
    """Actions and resources of the rights."""
    return [(one.action, one.resource) for one in rights(*call)]


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "expected"),
    [
        ("s3", "HeadBucket", {"Bucket": "box"}, ("s3:ListBucket", "arn:aws:s3:::box")),
        ("s3", "ListObjectsV2", {"Bucket": "box"}, ("s3:ListBucket", "arn:aws:s3:::box")),
        ("s3", "GetObject", {"Bucket": "box", "Key": "a/b"}, ("s3:GetObject", "arn:aws:s3:::box/a/b")),
        (
            "s3",
            "GetObject",
            {"Bucket": "box", "Key": "a", "VersionId": "1"},
            ("s3:GetObjectVersion", "arn:aws:s3:::box/a"),
        ),
        (
            "s3",
            "PutBucketLifecycleConfiguration",
            {"Bucket": "box"},
            ("s3:PutLifecycleConfiguration", "arn:aws:s3:::box"),
        ),
        ("s3", "ListBuckets", {}, ("s3:ListAllMyBuckets", "*")),
        (
            "s3",
            "DeleteObject",
            {"Bucket": "box", "Key": "a", "BypassGovernanceRetention": False},
            ("s3:DeleteObject", "arn:aws:s3:::box/a"),
        ),
        ("sqs", "SendMessageBatch", {"QueueUrl": URL}, ("sqs:SendMessage", QUEUE)),
        ("monitoring", "PutCompositeAlarm", {"AlarmName": "a"}, ("cloudwatch:PutCompositeAlarm", "*")),
        ("monitoring", "DescribeAlarms", {"AlarmNames": ["a", "b"]}, ("cloudwatch:DescribeAlarms", "*")),
        (
            "servicediscovery",
            "GetOperation",
            {"OperationId": "o"},
            ("servicediscovery:GetOperation", of("servicediscovery", "*/*")),
        ),
        ("ecr", "DescribeRepositories", {}, ("ecr:DescribeRepositories", of("ecr", "repository/*"))),
        ("ecs", "DescribeClusters", {}, ("ecs:DescribeClusters", of("ecs", "cluster/default"))),
        ("ec2", "DescribeVpcs", {}, ("ec2:DescribeVpcs", "*")),
    ],
)
def test_a_call_is_authorized_as_an_action_on_a_resource(service, operation, parameters, expected):
    """By IAM's names of both."""
    assert [expected] == pairs(service, operation, parameters)


def test_a_parameter_may_take_another_right_besides():
    """A locked object is not deleted by whoever may delete objects."""
    given = {"Bucket": "box", "Key": "a", "VersionId": "1", "BypassGovernanceRetention": True}

    assert ["s3:DeleteObjectVersion", "s3:BypassGovernanceRetention"] == [
        one.action for one in rights("s3", "DeleteObject", given)
    ]


def test_a_call_about_several_resources_takes_each():
    """A subnet is made, and its VPC used."""
    assert [
        ("ec2:CreateSubnet", of("ec2", "subnet/*")),
        ("ec2:CreateSubnet", of("ec2", "vpc/vpc-1")),
    ] == pairs("ec2", "CreateSubnet", {"VpcId": "vpc-1"})


def test_tags_at_creation_take_another_action():
    """Under the condition of the call that makes the resource; without tags there is none."""
    given = {"VpcId": "vpc-1", "TagSpecifications": [{"ResourceType": "subnet", "Tags": LISTED}]}
    made, within, tagging = rights("ec2", "CreateSubnet", given)

    assert ("ec2:CreateTags", of("ec2", "subnet/*")) == (tagging.action, tagging.resource)
    assert "CreateSubnet" == tagging.context["ec2:CreateAction"]
    assert "notifications" == made.context["aws:RequestTag/Application"]
    assert ["Application"] == tagging.context["aws:TagKeys"]
    assert "ec2:CreateAction" not in within.context
    assert ["iam:CreateRole", "iam:TagRole"] == [
        one.action for one in rights("iam", "CreateRole", {"RoleName": "task", "Tags": LISTED})
    ]


def test_tags_that_are_taken_away_are_known_by_their_keys():
    """They have no value to compare with."""
    (found,) = rights("sqs", "UntagQueue", {"QueueUrl": URL, "TagKeys": ["Application"]})

    assert ["Application"] == found.context["aws:TagKeys"]
    assert not [key for key in found.context if key.startswith("aws:RequestTag/")]


def test_tags_of_a_resource_are_looked_up():
    """Each resource has its own, and what is not made yet has none."""
    vpc = of("ec2", "vpc/vpc-1")
    world = Things(tagged={vpc: TAGS, of("ec2", "subnet/*"): {"Wrong": "one"}})
    made, within = rights("ec2", "CreateSubnet", {"VpcId": "vpc-1"}, world)

    assert "notifications" == within.context["aws:ResourceTag/Application"]
    assert "notifications" == within.context["ec2:ResourceTag/Application"]
    assert not [key for key in made.context if "ResourceTag" in key]


def test_a_task_definitions_roles_are_passed_to_tasks():
    """Both of them."""
    given = {"family": "api", "taskRoleArn": TASK, "executionRoleArn": EXECUTION, "containerDefinitions": []}
    made, *passed = rights("ecs", "RegisterTaskDefinition", given)

    assert ("ecs:RegisterTaskDefinition", of("ecs", "task-definition/api:*")) == (made.action, made.resource)
    assert [("iam:PassRole", TASK), ("iam:PassRole", EXECUTION)] == [
        (one.action, one.resource) for one in passed
    ]
    assert {"ecs-tasks.amazonaws.com"} == {one.context["iam:PassedToService"] for one in passed}


def test_a_task_gets_its_definitions_roles_passed():
    """In a cluster that is a condition, not a resource."""
    world = Things(found={("ecs:task-definition", "load"): [DEFINITION]}, roles={DEFINITION: [TASK]})
    run, passed = rights("ecs", "RunTask", {"taskDefinition": "load", "cluster": "mesh"}, world)

    assert ("ecs:RunTask", DEFINITION) == (run.action, run.resource)
    assert of("ecs", "cluster/mesh") == run.context["ecs:cluster"]
    assert ("iam:PassRole", TASK) == (passed.action, passed.resource)


def test_a_role_passed_by_its_name_has_its_path():
    """An old service of ECS takes one."""
    role = f"arn:aws:iam::{ACCOUNT}:role/path/of-service"
    world = Things(found={("iam:role", "of-service"): [role]})

    assert ("iam:PassRole", role) == pairs(
        "ecs", "CreateService", {"serviceName": "api", "role": "of-service"}, world
    )[-1]


def test_a_service_makes_its_role_in_the_callers_name():
    """Once in an account."""
    first = rights("ecs", "CreateCluster", {"clusterName": "mesh"})
    later = rights("ecs", "CreateCluster", {"clusterName": "mesh"}, Things(found=ECS))

    assert ["ecs:CreateCluster", "iam:CreateServiceLinkedRole"] == [one.action for one in first]
    assert "ecs.amazonaws.com" == first[1].context["iam:AWSServiceName"]
    assert first[1].resource.endswith(":role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS")
    assert ["ecs:CreateCluster"] == [one.action for one in later]


def test_what_a_call_needs_besides_is_asked_as_the_services_own():
    """Such as the name of an endpoint in AWS's zone."""
    given = {"VpcId": "vpc-1", "ServiceName": "sqs"}
    also = {one.action: one for one in rights("ec2", "CreateVpcEndpoint", given)}

    assert "arn:aws:route53:::hostedzone/*" == also["route53:AssociateVPCWithHostedZone"].resource
    assert "*" == also["ec2:DescribeSubnets"].resource
    assert also["ec2:DescribeSubnets"].context["aws:ViaAWSService"]
    assert not also["ec2:CreateVpcEndpoint"].context["aws:ViaAWSService"]


def test_what_is_encrypted_takes_its_key_through_the_service():
    """In the caller's name, with what the service encrypts."""
    world = Things(encrypted={QUEUE: KEY}, told={KEY: {"kms:ResourceAliases": ["alias/mail"]}})
    _, generate, decrypt = rights("sqs", "SendMessage", {"QueueUrl": URL, "MessageBody": "x"}, world)

    assert ("kms:GenerateDataKey", "kms:Decrypt", KEY) == (generate.action, decrypt.action, decrypt.resource)
    assert f"sqs.{REGION}.amazonaws.com" == decrypt.context["kms:ViaService"]
    assert QUEUE == decrypt.context["kms:EncryptionContext:aws:sqs:arn"]
    assert ["aws:sqs:arn"] == decrypt.context["kms:EncryptionContextKeys"]
    assert ACCOUNT == decrypt.context["kms:CallerAccount"]
    assert ["alias/mail"] == decrypt.context["kms:ResourceAliases"]


def test_a_key_that_is_named_is_used_before_the_one_that_is_there():
    """A secret gets another one."""
    given = {"SecretId": "keys", "KmsKeyId": "two", "SecretString": "x"}
    found = pairs("secretsmanager", "UpdateSecret", given)

    assert ("kms:GenerateDataKey", KEY.replace("one", "two")) in found


def test_a_key_is_used_without_an_encryption_context_too():
    """Then there is no condition key of one."""
    (found,) = rights("kms", "Decrypt", {"CiphertextBlob": b"a", "KeyId": "one"})

    assert ("kms:Decrypt", KEY) == (found.action, found.resource)
    assert "kms:EncryptionContextKeys" not in found.context


def test_a_grant_to_a_service_says_that_it_is_one():
    """Only such grants does the system's key policy allow."""
    given = {"TableName": "ledger", "SSESpecification": {"KMSMasterKeyId": KEY}}
    *_, grant = rights("dynamodb", "CreateTable", given)

    assert ("kms:CreateGrant", KEY) == (grant.action, grant.resource)
    assert grant.context["kms:GrantIsForAWSResource"]


def test_a_transaction_takes_what_its_parts_take():
    """It has no right of its own."""
    table = of("dynamodb", "table/ledger")
    items = [
        {"Put": {"TableName": "ledger"}},
        {"Update": {"TableName": "ledger"}},
        {"Put": {"TableName": "ledger"}},
    ]

    assert [("dynamodb:PutItem", table), ("dynamodb:UpdateItem", table)] == pairs(
        "dynamodb", "TransactWriteItems", {"TransactItems": items}
    )
    with pytest.raises(UnplacedCallError, match="names no dynamodb:table"):
        rights("dynamodb", "TransactWriteItems", {"TransactItems": []})


def test_objects_are_deleted_each_with_its_own_right():
    """Those with a version by another one, and locked ones by one more."""
    objects = [{"Key": "a"}, {"Key": "b", "VersionId": "1"}]
    given = {"Bucket": "box", "Delete": {"Objects": objects}}
    both = [("s3:DeleteObject", "arn:aws:s3:::box/a"), ("s3:DeleteObjectVersion", "arn:aws:s3:::box/b")]

    assert both == pairs("s3", "DeleteObjects", given)
    assert [*both, *(("s3:BypassGovernanceRetention", arn) for _, arn in both)] == pairs(
        "s3", "DeleteObjects", {**given, "BypassGovernanceRetention": True}
    )


def test_a_parameter_is_decrypted_where_that_is_asked_for():
    """Its name and type may be read without its key."""
    world = Things(encrypted={of("ssm", "parameter/a/b"): KEY})

    assert ["ssm:GetParameter"] == [
        one.action for one in rights("ssm", "GetParameter", {"Name": "/a/b"}, world)
    ]
    assert ("kms:Decrypt", KEY) == pairs(
        "ssm", "GetParameter", {"Name": "/a/b", "WithDecryption": True}, world
    )[1]


def test_a_sandboxed_mail_takes_the_recipients_identity_too():
    """And the set of settings that it names."""
    world = Things(found={("ses:recipient", "you@example.org"): [of("ses", "identity/example.org")]})
    given = {
        "FromEmailAddress": "Us <us@example.com>",
        "Destination": {"ToAddresses": ["you@example.org"]},
        "ConfigurationSetName": "set",
    }
    found = rights("ses", "SendEmail", given, world)

    assert [
        of("ses", one) for one in ("identity/example.com", "configuration-set/set", "identity/example.org")
    ] == [one.resource for one in found]
    assert {"us@example.com"} == {one.context["ses:FromAddress"] for one in found}
    assert ["you@example.org"] == found[0].context["ses:Recipients"]


def test_a_boundary_is_the_one_that_is_asked_for_or_the_roles_own():
    """By the operation."""
    world = Things(told={TASK: {"iam:PermissionsBoundary": "there"}})
    (created,) = rights("iam", "CreateRole", {"RoleName": "task", "PermissionsBoundary": "asked"})
    (changed,) = rights("iam", "PutRolePolicy", {"RoleName": "task"}, world)
    (replaced,) = rights(
        "iam", "PutRolePermissionsBoundary", {"RoleName": "task", "PermissionsBoundary": "asked"}, world
    )

    (bare,) = rights("iam", "CreateRole", {"RoleName": "task"}, world)

    assert "iam:PermissionsBoundary" not in bare.context
    assert ["asked", "there", "asked"] == [
        one.context["iam:PermissionsBoundary"] for one in (created, changed, replaced)
    ]


def test_a_bucket_belongs_to_whoever_made_it():
    """Its ARN does not say; one that is not there would be the caller's."""
    world = Things(buckets={"box": "444455556666"})

    assert ["444455556666"] == [
        one.owner for one in rights("s3", "GetObject", {"Bucket": "box", "Key": "a"}, world)
    ]
    assert [ACCOUNT] == [one.owner for one in rights("s3", "CreateBucket", {"Bucket": "new"}, world)]
    assert [""] == [one.owner for one in rights("sqs", "PurgeQueue", {"QueueUrl": URL}, world)]


def test_the_way_of_a_call_is_among_its_keys():
    """With the region that it was made in."""
    call = Call("sqs", "PurgeQueue", {"QueueUrl": URL}, REGION, ACCOUNT, way={"aws:SecureTransport": True})
    (found,) = asked(call, Things())

    assert (True, REGION) == (found.context["aws:SecureTransport"], found.context["aws:RequestedRegion"])


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "message"),
    [
        ("sqs", "SendMessage", {}, "sqs:SendMessage names no sqs:queue: it would in QueueUrl, by sqs.yaml"),
        ("ec2", "CreateSubnet", {}, "names no ec2:vpc: it would in VpcId"),
        ("ses", "SendEmail", {"ConfigurationSetName": "set"}, "names no ses:identity"),
    ],
)
def test_a_call_that_does_not_name_its_resource_is_refused_by_name(service, operation, parameters, message):
    """One of several is not enough."""
    with pytest.raises(UnplacedCallError, match=message):
        rights(service, operation, parameters)


def test_an_operation_that_nobody_wrote_down_is_refused_by_name():
    """It is never allowed."""
    with pytest.raises(UnknownOperationError, match="ec2:RunInstances"):
        rights("ec2", "RunInstances", {})
