"""Gaps of S3."""

import json

_BUCKET = "state-bucket"


def _bucket(aws):
    s3 = aws("s3")
    s3.create_bucket(Bucket=_BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    return s3


def conditions_of_bucket_policy(aws):
    """A denial that does not apply denies nothing."""
    s3 = _bucket(aws)
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": f"arn:aws:s3:::{_BUCKET}/*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    s3.put_bucket_policy(Bucket=_BUCKET, Policy=json.dumps(policy))
    s3.put_object(Bucket=_BUCKET, Key="key", Body=b"")
    return 1 == s3.list_objects_v2(Bucket=_BUCKET)["KeyCount"]


def newer_noncurrent_versions(aws):
    """A rule comes back whole."""
    s3 = _bucket(aws)
    expiration = {"NoncurrentDays": 90, "NewerNoncurrentVersions": 10}
    rules = [{"ID": "history", "Status": "Enabled", "Filter": {}, "NoncurrentVersionExpiration": expiration}]
    s3.put_bucket_lifecycle_configuration(Bucket=_BUCKET, LifecycleConfiguration={"Rules": rules})
    return rules == s3.get_bucket_lifecycle_configuration(Bucket=_BUCKET)["Rules"]
