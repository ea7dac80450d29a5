import pytest
from moto.kms.models import kms_backends

from stage.authorization.calls.table import prefixes, table
from stage.control_plane.rights.world import MotoWorld
from tests.unit.stage.control_plane.extensions.gaps.world import REGION
from tests.unit.stage.control_plane.rights.tagged import ACCOUNT, MAKERS, regional

KEYLESS = {
    "dynamodb:index": "the table that a call names as well has the key",
    "ecr:repository": "its key is used as it is made, when it is not there yet",
}
"""Types whose key is never asked for, each with the reason."""
ENCRYPTED = {}
"""Makers of encrypted resources, which take a key's identifier and give the ARN, by the type."""
WORLD = MotoWorld(ACCOUNT, REGION)
BUCKET = "arn:aws:s3:::state"


def encrypts(kind):
    """Mark the maker of a type."""
    return lambda maker: ENCRYPTED.setdefault(kind, maker)


@encrypts("sqs:queue")
def _queue(aws, key):
    aws("sqs").create_queue(QueueName="mail", Attributes={"KmsMasterKeyId": key})
    return regional("sqs", "mail")


@encrypts("dynamodb:table")
def _table(aws, key, **more):
    made = aws("dynamodb").create_table(
        TableName="ledger",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        SSESpecification={"Enabled": True} | ({"KMSMasterKeyId": key} if key else {}) | more,
    )
    return made["TableDescription"]["TableArn"]


@encrypts("secretsmanager:Secret")
def _secret(aws, key):
    return aws("secretsmanager").create_secret(Name="smtp", SecretString="s", KmsKeyId=key)["ARN"]


@encrypts("sns:topic")
def _topic(aws, key):
    return aws("sns").create_topic(Name="alarms", Attributes={"KmsMasterKeyId": key})["TopicArn"]


@encrypts("ssm:parameter")
def _parameter(aws, key):
    aws("ssm").put_parameter(Name="/mail/password", Value="v", Type="SecureString", KeyId=key)
    return regional("ssm", "parameter/mail/password")


def bucket(aws, **rule):
    """Make a bucket with a rule for what is put into it."""
    s3 = aws("s3")
    s3.create_bucket(Bucket="state", CreateBucketConfiguration={"LocationConstraint": REGION})
    if rule:
        rules = {"Rules": [{"ApplyServerSideEncryptionByDefault": rule}]}
        s3.put_bucket_encryption(Bucket="state", ServerSideEncryptionConfiguration=rules)
    return s3


@encrypts("s3:object")
def _object(aws, key):
    bucket(aws, SSEAlgorithm="aws:kms", KMSMasterKeyID=key)
    return f"{BUCKET}/new"


@pytest.fixture
def key(client):
    """ARN of a key with an alias."""
    arn, _ = MAKERS["kms:key"](client)
    client("kms").create_alias(AliasName="alias/mail", TargetKeyId=arn)
    return arn


def test_every_encrypted_type_has_a_maker_or_a_reason():
    """Of one that is forgotten, nobody would need the key."""
    asked = {
        place.kind
        for prefix in prefixes()
        for row in table(prefix).rows
        if row.kms
        for place in (*row.about, *row.among, *(one for _, some in row.parts for one in some))
    }

    assert asked == ENCRYPTED.keys() | KEYLESS.keys()


@pytest.mark.parametrize("kind", ENCRYPTED)
@pytest.mark.parametrize("way", ["arn", "id", "alias", "alias's arn"])
def test_the_key_of_a_resource_is_found(client, key, kind, way):
    """In whichever way it was named."""
    named = {
        "arn": key,
        "id": key.rpartition("/")[2],
        "alias": "alias/mail",
        "alias's arn": regional("kms", "alias/mail"),
    }
    arn = ENCRYPTED[kind](client, named[way])

    assert key == WORLD.encryption_key(arn)


@pytest.mark.parametrize("kind", ENCRYPTED)
def test_a_key_of_aws_is_not_the_customer_s(client, kind):
    """By which a service encrypts unless it is told another."""
    made, _ = MAKERS["kms:key"](client)
    kms_backends[ACCOUNT][REGION].create_alias(made, "alias/aws/service")
    arn = ENCRYPTED[kind](client, "alias/aws/service")

    assert "" == WORLD.encryption_key(arn)


@pytest.mark.parametrize("kind", ENCRYPTED)
def test_an_alias_that_nobody_has_is_no_key(client, kind):
    """What uses it fails of itself."""
    arn = ENCRYPTED[kind](client, "alias/lost")

    assert "" == WORLD.encryption_key(arn)


@pytest.mark.parametrize("kind", ENCRYPTED)
def test_a_resource_that_is_not_there_has_no_key(client, key, kind):
    """Nor has one of another account."""
    arn = ENCRYPTED[kind](client, key)

    for other in (f"{arn}x".replace(":state", ":other"), arn.replace(ACCOUNT, "999999999999")):
        assert other == arn or "" == WORLD.encryption_key(other)


def test_a_key_of_another_process_is_found(client):
    """SQS may live without KMS."""
    key = regional("kms", "key/elsewhere")

    assert key == WORLD.encryption_key(_queue(client, key))


def test_a_key_that_aws_made_is_not_the_customer_s(client):
    """Also where moto shows it by its ARN, as DynamoDB does."""
    assert "" == WORLD.encryption_key(_table(client, None))


@pytest.mark.parametrize("kind", ["sqs:queue", "sns:topic", "secretsmanager:Secret", "dynamodb:table"])
def test_a_resource_without_encryption_of_its_own_has_no_key(client, kind):
    """As it comes."""
    arn, _ = MAKERS[kind](client)

    assert "" == WORLD.encryption_key(arn)


def test_a_table_whose_encryption_is_off_has_no_key(client, key):
    """Then it is DynamoDB's own."""
    assert "" == WORLD.encryption_key(_table(client, key, Enabled=False))


def test_an_index_has_no_key_of_its_own(client, key):
    """Its table has."""
    assert "" == WORLD.encryption_key(f"{_table(client, key)}/index/by-id")


def test_a_parameter_in_plain_text_has_no_key(client, key):
    """Whatever it was told."""
    client("ssm").put_parameter(Name="/mail/sender", Value="v", Type="String", KeyId=key)

    assert "" == WORLD.encryption_key(regional("ssm", "parameter/mail/sender"))


def test_an_object_has_the_key_that_it_was_put_with(client, key):
    """Rather than the bucket's."""
    s3 = bucket(client, SSEAlgorithm="aws:kms", KMSMasterKeyID=regional("kms", "key/other"))
    s3.put_object(Bucket="state", Key="k", Body=b"", ServerSideEncryption="aws:kms", SSEKMSKeyId=key)

    assert key == WORLD.encryption_key(f"{BUCKET}/k")


def test_an_object_without_a_key_has_not_the_bucket_s(client, key):
    """It stays as it was put."""
    s3 = bucket(client, SSEAlgorithm="aws:kms", KMSMasterKeyID=key)
    s3.put_object(Bucket="state", Key="k", Body=b"", ServerSideEncryption="AES256")

    assert "" == WORLD.encryption_key(f"{BUCKET}/k")


@pytest.mark.parametrize("rule", [{}, {"SSEAlgorithm": "AES256"}, {"SSEAlgorithm": "aws:kms"}])
def test_a_bucket_may_have_no_key(client, rule):
    """Without a rule, by a key of S3's own, and by the one that AWS manages."""
    bucket(client, **rule)

    assert "" == WORLD.encryption_key(f"{BUCKET}/new")
