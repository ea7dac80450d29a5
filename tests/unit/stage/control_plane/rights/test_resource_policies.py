import json

import pytest

from stage.authorization.grants import Grant
from stage.authorization.policy import Kind
from stage.authorization.principals import Principal
from stage.authorization.request import Request
from stage.control_plane.rights.resource_policies import Attached, attached_to, holder_of, service_of
from tests.unit.stage.control_plane.rights.written import (
    ACCOUNT,
    REGION,
    ROLE,
    ROOT,
    make_role,
    policy,
    statement,
    trust,
)

HERE = f"{REGION}:{ACCOUNT}"
TABLE = f"arn:aws:dynamodb:{HERE}:table/t"
KEY = f"arn:aws:kms:{HERE}:key/k"


def request(action, resource, owner=""):
    """A request of the account's root user."""
    return Request(Principal.of(ROOT), action, resource, owner)


def open_to(action, resource="*"):
    """A resource's policy that allows something to the account."""
    return policy(statement(action, resource, Principal={"AWS": ROOT}))


@pytest.mark.parametrize(
    ("action", "resource", "holder"),
    [
        ("sqs:SendMessage", f"arn:aws:sqs:{HERE}:q", f"arn:aws:sqs:{HERE}:q"),
        ("sns:Publish", f"arn:aws:sns:{HERE}:t", f"arn:aws:sns:{HERE}:t"),
        ("kms:Decrypt", KEY, KEY),
        ("kms:CreateAlias", f"arn:aws:kms:{HERE}:alias/a", ""),
        (
            "secretsmanager:GetSecretValue",
            f"arn:aws:secretsmanager:{HERE}:secret:s-AbCdEf",
            f"arn:aws:secretsmanager:{HERE}:secret:s-AbCdEf",
        ),
        ("s3:ListBucket", "arn:aws:s3:::b", "arn:aws:s3:::b"),
        ("s3:GetObject", "arn:aws:s3:::b/folder/o", "arn:aws:s3:::b"),
        ("ecr:BatchGetImage", f"arn:aws:ecr:{HERE}:repository/a/b", f"arn:aws:ecr:{HERE}:repository/a/b"),
        ("dynamodb:UpdateItem", TABLE, TABLE),
        ("dynamodb:Query", f"{TABLE}/index/i", TABLE),
        ("dynamodb:GetRecords", f"{TABLE}/stream/2026", f"{TABLE}/stream/2026"),
        ("dynamodb:DeleteBackup", f"{TABLE}/backup/1", f"{TABLE}/backup/1"),
        ("logs:PutLogEvents", f"arn:aws:logs:{HERE}:log-group:g:log-stream:s", f"arn:aws:logs:{HERE}:*"),
        ("logs:CreateLogGroup", f"arn:aws:logs:{HERE}:log-group:g", f"arn:aws:logs:{HERE}:*"),
        ("sts:AssumeRole", ROLE, ROLE),
        ("iam:PutRolePolicy", ROLE, ""),
        ("ecs:UpdateService", f"arn:aws:ecs:{HERE}:service/c/s", ""),
        ("sqs:ListQueues", "*", ""),
    ],
)
def test_a_policy_hangs_on_what_aws_hangs_it_on(action, resource, holder):
    """A bucket's is for its objects, and a role's for those who take it."""
    assert holder == holder_of(request(action, resource, ACCOUNT))


def _queue(client):
    sqs = client("sqs")
    arn = f"arn:aws:sqs:{HERE}:q"
    sqs.create_queue(QueueName="q", Attributes={"Policy": open_to("sqs:SendMessage", arn)})
    return arn, open_to("sqs:SendMessage", arn)


def _topic(client):
    arn = client("sns").create_topic(Name="t")["TopicArn"]
    written = open_to("sns:Publish", arn)
    client("sns").set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=written)
    return arn, written


def _key(client):
    written = open_to("kms:*")
    return client("kms").create_key(Policy=written)["KeyMetadata"]["Arn"], written


def _secret(client):
    written = open_to("secretsmanager:GetSecretValue")
    arn = client("secretsmanager").create_secret(Name="a/s", SecretString="-")["ARN"]
    client("secretsmanager").put_resource_policy(SecretId="a/s", ResourcePolicy=written)
    return arn, written


def _bucket(client):
    written = open_to("s3:GetObject", "arn:aws:s3:::b-1/*")
    client("s3").create_bucket(Bucket="b-1", CreateBucketConfiguration={"LocationConstraint": REGION})
    client("s3").put_bucket_policy(Bucket="b-1", Policy=written)
    return "arn:aws:s3:::b-1", written


def _repository(client):
    written = policy({"Effect": "Allow", "Action": "ecr:BatchGetImage", "Principal": {"AWS": ROOT}})
    arn = client("ecr").create_repository(repositoryName="a/b")["repository"]["repositoryArn"]
    client("ecr").set_repository_policy(repositoryName="a/b", policyText=written)
    return arn, written


def _table(client):
    dynamodb = client("dynamodb")
    arn = dynamodb.create_table(
        TableName="t",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    )["TableDescription"]["TableArn"]
    dynamodb.put_resource_policy(ResourceArn=arn, Policy=open_to("dynamodb:GetItem", arn))
    return arn, open_to("dynamodb:GetItem", arn)


@pytest.mark.parametrize("make", [_queue, _topic, _key, _secret, _bucket, _repository, _table])
def test_a_resource_has_its_own_policy(client, make):
    """Of the resource's name, and as it was written."""
    arn, written = make(client)

    (document,) = attached_to(arn, ACCOUNT).documents

    assert (Kind.RESOURCE, arn) == document[:2]
    assert json.loads(written) == json.loads(document.text)


@pytest.mark.parametrize("make", [_queue, _topic, _key, _secret, _bucket, _repository, _table])
def test_a_resource_that_is_not_there_has_no_policy(client, make):
    """Nor has one without a policy of its own."""
    arn, _ = make(client)

    assert Attached() == attached_to(f"{arn[:-1]}!", ACCOUNT)


@pytest.mark.usefixtures("client")
@pytest.mark.parametrize("service", ["sqs", "sns", "kms", "ecr", "dynamodb", "secretsmanager", "logs"])
def test_a_service_that_nobody_has_used_has_no_policies(service):
    """In a region without a backend."""
    assert Attached() == attached_to(f"arn:aws:{service}:eu-west-1:{ACCOUNT}:q", ACCOUNT)


def test_a_queue_that_was_made_without_a_policy_has_none(client):
    """Only its account may use it."""
    client("sqs").create_queue(QueueName="q")

    assert Attached() == attached_to(f"arn:aws:sqs:{HERE}:q", ACCOUNT)


def test_a_role_has_a_trust_policy(client):
    """Of a kind of its own; a role of another path is another."""
    make_role(client("iam"))

    assert Attached(((Kind.TRUST, ROLE, trust(Service="ecs-tasks.amazonaws.com")),)) == attached_to(
        ROLE, ACCOUNT
    )
    assert Attached() == attached_to(f"arn:aws:iam::{ACCOUNT}:role/sender", ACCOUNT)
    assert Attached() == attached_to(f"arn:aws:iam::{ACCOUNT}:role/other", ACCOUNT)


def test_log_groups_have_all_policies_of_their_region(client):
    """Each of its own name; which log groups it is about is in it."""
    logs = client("logs")
    for name in ("first", "second"):
        logs.put_resource_policy(policyName=name, policyDocument=open_to("logs:PutLogEvents"))

    documents = attached_to(f"arn:aws:logs:{HERE}:*", ACCOUNT).documents

    assert [(Kind.RESOURCE, "first"), (Kind.RESOURCE, "second")] == [one[:2] for one in documents]


def test_a_key_has_grants(client):
    """With their constraints."""
    kms = client("kms")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    granted = [
        kms.create_grant(
            KeyId=key, GranteePrincipal=ROLE, Operations=["Decrypt", "Encrypt"], RetiringPrincipal=ROOT
        ),
        kms.create_grant(
            KeyId=key,
            GranteePrincipal=ROLE,
            Operations=["Decrypt"],
            Constraints={"EncryptionContextEquals": {"a": "1"}, "EncryptionContextSubset": {"b": "2"}},
        ),
    ]
    first, second = (one["GrantId"] for one in granted)

    assert (
        Grant(ROLE, frozenset({"Decrypt", "Encrypt"}), retiring=ROOT, id=first),
        Grant(ROLE, frozenset({"Decrypt"}), {"a": "1"}, {"b": "2"}, id=second),
    ) == attached_to(key, ACCOUNT).grants


def test_what_hangs_on_a_resource_is_told_as_json(client):
    """Policies and grants."""
    kms = client("kms")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    kms.create_grant(KeyId=key, GranteePrincipal=ROLE, Operations=["Decrypt"])
    attached = attached_to(key, ACCOUNT)

    assert attached == Attached.of(json.loads(json.dumps(attached.facts())))


def test_nothing_hangs_on_nothing():
    """Where a request is about no resource with a policy."""
    assert Attached() == attached_to("", ACCOUNT)


def test_a_resource_is_of_a_service():
    """By its ARN."""
    assert "kms" == service_of(KEY)
