import json

import pytest

from tests.plan.module_view import references, resources_of
from tests.plan.view import only

MODULE = "module.load_balancer"
PARTS = (
    "aws_s3_bucket_lifecycle_configuration",
    "aws_s3_bucket_ownership_controls",
    "aws_s3_bucket_policy",
    "aws_s3_bucket_public_access_block",
    "aws_s3_bucket_server_side_encryption_configuration",
)


def _part(plan, kind, module="load_balancer"):
    """The bucket, or one of its settings."""
    return resources_of(plan, module, kind)["access_logs"]


@pytest.fixture
def statements(standalone):
    """What the bucket's policy says, by statement id."""
    policy = json.loads(_part(standalone, "aws_s3_bucket_policy")["policy"])
    return {one["Sid"]: one for one in policy["Statement"]}


def test_every_request_is_logged(standalone):
    """Logs go into the module's own bucket, which takes them before the load balancer exists."""
    log = only(resources_of(standalone, "load_balancer", "aws_lb")["this"]["access_logs"])
    assert ("mail-access-logs-123456789012", True) == (log["bucket"], log["enabled"])
    assert standalone.sources(f"{MODULE}.aws_lb.this", "access_logs", "bucket") == {
        f"{MODULE}.aws_s3_bucket.access_logs"
    }
    assert ["aws_s3_bucket_policy.access_logs"] == standalone.depends_on(f"{MODULE}.aws_lb.this")


def test_the_buckets_name_is_unique(standalone):
    """Names of buckets are shared by all accounts: the account's id makes it the system's own."""
    assert "mail-access-logs-123456789012" == _part(standalone, "aws_s3_bucket")["bucket"]
    longest = _part(standalone, "aws_s3_bucket", "load_balancer_most")["bucket"]
    assert "a-name-of-25-characters-9-access-logs-123456789012" == longest
    assert len(longest) <= 63


@pytest.mark.parametrize("kind", PARTS)
def test_every_setting_is_the_buckets(standalone, kind):
    """There is one bucket, and nothing is set on another."""
    bucket = standalone.written(f"{MODULE}.{kind}.access_logs")["bucket"]
    assert ["aws_s3_bucket.access_logs.bucket"] == references(bucket)


def test_logs_are_encrypted_as_elb_can(standalone):
    """ELB writes into buckets with SSE-S3 alone."""
    rule = only(_part(standalone, "aws_s3_bucket_server_side_encryption_configuration")["rule"])
    assert "AES256" == only(rule["apply_server_side_encryption_by_default"])["sse_algorithm"]


def test_logs_belong_to_the_bucket(standalone):
    """Access lists of objects are off: the policy alone says who may read."""
    rule = only(_part(standalone, "aws_s3_bucket_ownership_controls")["rule"])
    assert "BucketOwnerEnforced" == rule["object_ownership"]


@pytest.mark.parametrize(
    "way", ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"]
)
def test_logs_are_never_public(standalone, way):
    """Each of the four ways to make a bucket public is closed."""
    assert _part(standalone, "aws_s3_bucket_public_access_block")[way] is True


@pytest.mark.parametrize(
    ("module", "days"),
    [("load_balancer_least", 1), ("load_balancer", 30), ("load_balancer_https", 90)],
)
def test_logs_expire(standalone, module, days):
    """Every log is deleted after as many days as other logs, and half an upload after one."""
    rule = only(_part(standalone, "aws_s3_bucket_lifecycle_configuration", module)["rule"])
    assert ("expire", "Enabled") == (rule["id"], rule["status"])
    assert only(rule["expiration"])["days"] == days
    assert 1 == only(rule["abort_incomplete_multipart_upload"])["days_after_initiation"]
    assert not only(rule["filter"])["prefix"]


def test_the_systems_access_logs_expire(staging, production):
    """They are kept as long as its other logs."""
    kind = "aws_s3_bucket_lifecycle_configuration"
    rules = [only(_part(plan, kind)["rule"]) for plan in (staging, production)]
    assert [30, 3653] == [only(rule["expiration"])["days"] for rule in rules]


def test_logs_go_with_a_load_balancer_that_may_be_deleted(standalone):
    """Where deletion is refused, a full bucket is kept too."""
    assert _part(standalone, "aws_s3_bucket")["force_destroy"] is True
    assert _part(standalone, "aws_s3_bucket", "load_balancer_https")["force_destroy"] is False


def test_only_elb_writes_and_only_this_load_balancers_logs(statements):
    """Another account's load balancer cannot fill the bucket."""
    assert {"AllowLogDelivery", "DenyWithoutTls"} == set(statements)
    assert {
        "Sid": "AllowLogDelivery",
        "Effect": "Allow",
        "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::mail-access-logs-123456789012/AWSLogs/123456789012/*",
        "Condition": {
            "ArnLike": {
                "aws:SourceArn": (
                    "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/mail/*"
                )
            }
        },
    } == statements["AllowLogDelivery"]


def test_nobody_speaks_to_the_bucket_without_tls(statements):
    """Not for any action, neither on the bucket nor on a log in it."""
    denied = statements["DenyWithoutTls"]
    bucket = "arn:aws:s3:::mail-access-logs-123456789012"
    assert ("Deny", "*", "s3:*") == (denied["Effect"], denied["Principal"], denied["Action"])
    assert set(denied["Resource"]) == {bucket, f"{bucket}/*"}
    assert {"Bool": {"aws:SecureTransport": "false"}} == denied["Condition"]


def test_other_partitions_have_their_own_arns(standalone):
    """GovCloud's and China's buckets are not in the partition "aws"."""
    policy = _part(standalone, "aws_s3_bucket_policy", "load_balancer_https")["policy"]
    written = json.loads(policy)["Statement"][0]
    assert written["Resource"].startswith("arn:aws-us-gov:s3:::secure-access-logs-111122223333/AWSLogs/")
    assert (
        "arn:aws-us-gov:elasticloadbalancing:us-gov-west-1:111122223333:loadbalancer/app/secure/*"
    ) == written["Condition"]["ArnLike"]["aws:SourceArn"]


def test_access_is_changed_in_one_order(standalone):
    """S3 refuses two changes of a bucket's access at a time."""
    policy = f"{MODULE}.aws_s3_bucket_policy.access_logs"
    assert ["aws_s3_bucket_public_access_block.access_logs"] == standalone.depends_on(policy)
