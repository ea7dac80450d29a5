import json

import pytest
from botocore.exceptions import ClientError

BUCKET = "state-bucket"
PLAIN_HTTP = {"Bool": {"aws:SecureTransport": "false"}}


@pytest.fixture
def s3(client):
    """S3 with an empty bucket."""
    buckets = client("s3")
    buckets.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    return buckets


def statement(effect, **more):
    """A statement on every object of the bucket."""
    resources = [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"]
    return {"Effect": effect, "Principal": "*", "Action": "s3:*", "Resource": resources, **more}


def put_policy(s3, *statements):
    """Put a bucket policy."""
    policy = {"Version": "2012-10-17", "Statement": list(statements)}
    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(policy))


def test_a_denial_of_plain_http_concerns_nobody_here(s3):
    """Objects are put, listed and deleted as over TLS, so that the bucket can be destroyed."""
    put_policy(s3, statement("Deny", Condition=PLAIN_HTTP))

    s3.put_object(Bucket=BUCKET, Key="left", Body=b"over")
    read = s3.get_object(Bucket=BUCKET, Key="left")["Body"].read()
    s3.delete_object(Bucket=BUCKET, Key="left")

    assert b"over" == read
    assert 0 == s3.list_objects_v2(Bucket=BUCKET)["KeyCount"]


def test_a_denial_without_condition_still_denies(s3):
    """Beside one that has a condition."""
    put_policy(
        s3, statement("Deny", Condition=PLAIN_HTTP), statement("Deny", Action="s3:PutObject", Sid="Closed")
    )

    with pytest.raises(ClientError, match="Forbidden"):
        s3.put_object(Bucket=BUCKET, Key="left", Body=b"over")


def rule(name, expiration):
    """A rule on every object."""
    return {"ID": name, "Status": "Enabled", "Filter": {}, "NoncurrentVersionExpiration": expiration}


def test_a_rule_says_how_many_versions_it_leaves(s3):
    """Each rule for itself."""
    rules = [
        rule("history", {"NoncurrentDays": 90, "NewerNoncurrentVersions": 10}),
        rule("all", {"NoncurrentDays": 7}),
    ]
    s3.put_bucket_lifecycle_configuration(Bucket=BUCKET, LifecycleConfiguration={"Rules": rules})

    assert rules == s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]


def test_a_bucket_without_rules_says_so(s3):
    """The provider asks before it writes any, and waits on every other answer."""
    with pytest.raises(ClientError, match="NoSuchLifecycleConfiguration"):
        s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)
