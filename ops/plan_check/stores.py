"""Resources that hold data: deleted, replaced, or left to nobody."""

import re
from collections.abc import Iterator

from ops.plan_check.change import Change
from ops.plan_check.finding import Finding, Kind

# Types, the word for one of them, and what goes with it. The first row that fits is the one.
_STORES = (
    ("aws_sqs_queue", "queue", "every message that is on it"),
    ("aws_sns_topic", "topic", "its subscriptions and what is published meanwhile"),
    (r"aws_dynamodb_(global_)?table(_replica)?", "table", "every item in it"),
    ("aws_dynamodb_table_item", "item", "what is written in it"),
    (r"aws_s3(tables_table|_directory)?_bucket", "bucket", "every object in it"),
    (r"aws_s3_(bucket_)?object|aws_s3_object_copy", "object", "its content"),
    (
        r"aws_kms_(external_|replica_|replica_external_)?key",
        "key",
        "everything that is encrypted with it, which nobody can read again",
    ),
    ("aws_secretsmanager_secret", "secret", "every version of its value, which tasks read"),
    ("aws_ssm_parameter", "parameter", "its value, which tasks read when they start"),
    (r"aws_ecr(public)?_repository", "repository", "every image in it, those to roll back to included"),
    (r"aws_cloudwatch_log_(group|stream)", "log group", "every log line in it"),
    (
        (
            r"aws_(db|rds|docdb|neptune|redshift|redshiftserverless|dax|memorydb|elasticache|dsql)_(instance"
            r"|cluster|cluster_instance|global_cluster|global_replication_group|replication_group"
            r"|serverless_cache|namespace|workgroup|snapshot|cluster_snapshot)"
        ),
        "database",
        "everything that is stored in it",
    ),
    (r"aws_(efs_file_system|fsx_.*(file_system|volume)|ebs_volume)", "volume", "every file on it"),
    (r"aws_(opensearch|elasticsearch)_domain", "search domain", "every document in it"),
    (r"aws_(kinesis_stream|msk_cluster|msk_serverless_cluster)", "stream", "every record that is in it"),
    ("aws_mq_broker", "broker", "every message that is on it"),
    (r"aws_(backup|glacier)_vault", "vault", "every backup in it"),
    (r"aws_backup_(plan|selection)|aws_dlm_lifecycle_policy", "backup plan", "the backups that it makes"),
    (r"aws_cognito_(user|identity)_pool", "pool", "every user in it"),
    ("aws_s3_bucket_replication_configuration", "replication", "the copy of what is written from now on"),
)
# What other providers and types to come call their stores.
_LIKE_A_STORE = re.compile(
    r".+_(bucket|database|database_instance|table|queue|topic|volume|disk|file_system|vault|repository"
    r"|stream|keyspace|collection|snapshot|secret|storage_account|ledger|data_store|workspace)"
)
_NO_STORE = re.compile(r".*_route_table|aws_(ec2|vpc|networkmanager|appmesh|connect|vpclattice)_.+")


def lost(change: Change) -> Iterator[Finding]:
    """Stores that are deleted or replaced, or stay without anybody who manages them."""
    noun, content = _store(change.type)
    if not noun or change.creates:
        return
    if change.forgets or _keeps(change):
        yield Finding(
            change.address,
            Kind.DATA,
            f"Terraform lets go of the {noun}: it stays with {content}, but nobody manages it any more.",
        )
    elif change.deletes:
        yield Finding(change.address, Kind.DATA, f"The {noun} is deleted, and with it {content}.")
    elif change.replaces:
        why = f", {change.why_replaced}" if change.why_replaced else ""
        yield Finding(
            change.address,
            Kind.DATA,
            f"The {noun} is deleted and made anew{why}: with the old one goes {content}.",
        )


def lost_version(change: Change) -> Iterator[Finding]:
    """A secret's value that goes without another one in its place; a replacement is how one is rotated."""
    if change.type == "aws_secretsmanager_secret_version" and change.deletes:
        yield Finding(
            change.address, Kind.DATA, "The secret's value is deleted: tasks that read it do not start."
        )


def _store(resource_type: str) -> tuple[str, str]:
    """The word for a store and its content; empty for what holds no data."""
    for types, noun, content in _STORES:
        if re.fullmatch(types, resource_type):
            return noun, content
    found = _LIKE_A_STORE.fullmatch(resource_type)
    if found and not _NO_STORE.fullmatch(resource_type):
        return found[1].replace("_", " "), "everything in it"
    return "", ""


def _keeps(change: Change) -> bool:
    """Whether a deletion takes it out of the state alone."""
    return (change.deletes or change.replaces) and change.before.get("skip_destroy") is True
