import pytest
from botocore.exceptions import ClientError

BUCKET = "state-bucket"


@pytest.fixture
def s3(client):
    """S3 with an empty bucket."""
    buckets = client("s3")
    buckets.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    return buckets


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
